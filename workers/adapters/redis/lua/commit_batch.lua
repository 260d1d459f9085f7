-- Writes what a batch does to the ledger, moves the topic on, and queues the events: all or nothing. Without a batch (retention,
-- import) it writes to the ledger alone.
-- KEYS[1] lease   KEYS[2] epoch   KEYS[3] decided (counter)   KEYS[4] answers   KEYS[5] events (stream)   KEYS[6] counts (hash)
-- KEYS[7] works   KEYS[8] attempt (hash)   KEYS[9] ages (sorted set: number by when it was last seen)
-- KEYS[10] totals (hash)
-- KEYS[11..18] hashes: propositions, series, developments, dead letters, accounts, cells, terms, places
-- ARGV[1] owner   ARGV[2] epoch   ARGV[3] first, or '' without a batch   ARGV[4] last
-- ARGV[5] how many newest work ids and accounts to keep
-- ARGV[6..13] how many pairs (field, value) follow for each of KEYS[11..18]; an empty value deletes the field
-- ARGV[14..17] and how many after them: totals (name, value), ages (number, seconds or '' to delete), events (JSON each),
--              counts (name, increment)
-- `bytes` in the totals is the length of all propositions, series and developments together.
-- Returns 1; -1 where the lease is another's or the epoch has moved; -2 where the batch does not follow `decided`.
local holder = redis.call('GET', KEYS[1])
if redis.call('GET', KEYS[2]) ~= ARGV[2] or (holder and holder ~= ARGV[1]) then
  return -1
end
local first, last = tonumber(ARGV[3]), tonumber(ARGV[4])
if first and tonumber(redis.call('GET', KEYS[3]) or '0') + 1 ~= first then
  return -2
end
local at = 18
local bytes = 0
for list = 1, 8 do
  local key = KEYS[10 + list]
  for _ = 1, tonumber(ARGV[5 + list]) do
    local name, value = ARGV[at], ARGV[at + 1]
    if list <= 3 then
      bytes = bytes + #value - redis.call('HSTRLEN', key, name)
    end
    if value == '' then
      redis.call('HDEL', key, name)
    else
      redis.call('HSET', key, name, value)
    end
    at = at + 2
  end
end
if bytes ~= 0 then
  redis.call('HINCRBY', KEYS[10], 'bytes', bytes)
end
for _ = 1, tonumber(ARGV[14]) do
  redis.call('HSET', KEYS[10], ARGV[at], ARGV[at + 1])
  at = at + 2
end
for _ = 1, tonumber(ARGV[15]) do
  if ARGV[at + 1] == '' then
    redis.call('ZREM', KEYS[9], ARGV[at])
  else
    redis.call('ZADD', KEYS[9], ARGV[at + 1], ARGV[at])
  end
  at = at + 2
end
for _ = 1, tonumber(ARGV[16]) do
  redis.call('XADD', KEYS[5], '*', 'event', ARGV[at])
  at = at + 1
end
for _ = 1, tonumber(ARGV[17]) do
  redis.call('HINCRBY', KEYS[6], ARGV[at], ARGV[at + 1])
  at = at + 2
end
if first then
  local kept = tonumber(ARGV[5])
  for number = first, last do
    redis.call('HDEL', KEYS[4], number)
    redis.call('HDEL', KEYS[15], number - kept)
  end
  redis.call('SET', KEYS[3], last)
  redis.call('ZREMRANGEBYSCORE', KEYS[7], '-inf', last - kept)
  redis.call('DEL', KEYS[8])
end
return 1
