-- Writes what a batch does to the ledger, moves the topic on, and queues the events: all or nothing.
-- KEYS[1] lease   KEYS[2] epoch   KEYS[3] decided (counter)   KEYS[4] answers   KEYS[5] propositions   KEYS[6] series
-- KEYS[7] developments   KEYS[8] dead (hash: number -> dead letter)   KEYS[9] accounts (hash: number -> account)
-- KEYS[10] events (stream)   KEYS[11] counts (hash)   KEYS[12] works
-- ARGV[1] owner   ARGV[2] epoch   ARGV[3] first   ARGV[4] last   ARGV[5] how many newest work ids and accounts to keep
-- ARGV[6..12] lengths of the seven lists that follow, in entries: propositions, series, developments (id, JSON each),
--             dead letters, accounts (number, JSON each), events (JSON each), counts (name, increment each)
-- Returns 1; -1 where the lease is another's or the epoch has moved; -2 where the batch does not follow `decided`.
local holder = redis.call('GET', KEYS[1])
if redis.call('GET', KEYS[2]) ~= ARGV[2] or (holder and holder ~= ARGV[1]) then
  return -1
end
local first, last = tonumber(ARGV[3]), tonumber(ARGV[4])
if tonumber(redis.call('GET', KEYS[3]) or '0') + 1 ~= first then
  return -2
end
local at = 13
for list = 1, 5 do
  for _ = 1, tonumber(ARGV[5 + list]) do
    redis.call('HSET', KEYS[4 + list], ARGV[at], ARGV[at + 1])
    at = at + 2
  end
end
for _ = 1, tonumber(ARGV[11]) do
  redis.call('XADD', KEYS[10], '*', 'event', ARGV[at])
  at = at + 1
end
for _ = 1, tonumber(ARGV[12]) do
  redis.call('HINCRBY', KEYS[11], ARGV[at], ARGV[at + 1])
  at = at + 2
end
local kept = tonumber(ARGV[5])
for number = first, last do
  redis.call('HDEL', KEYS[4], number)
  redis.call('HDEL', KEYS[9], number - kept)
end
redis.call('SET', KEYS[3], last)
redis.call('ZREMRANGEBYSCORE', KEYS[12], '-inf', last - kept)
return 1
