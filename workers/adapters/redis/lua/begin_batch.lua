-- Notes that a decider takes a batch in hand, and counts how many took it before and were never heard of again.
-- KEYS[1] epoch   KEYS[2] attempt (hash: first, epoch, deaths)   ARGV[1] epoch   ARGV[2] first number of the batch
-- Returns the deaths so far, or -1 where the epoch has moved.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return -1
end
local before = redis.call('HMGET', KEYS[2], 'first', 'epoch', 'deaths')
local deaths = 0
if before[1] == ARGV[2] then
  deaths = tonumber(before[3])
  if before[2] ~= ARGV[1] then
    deaths = deaths + 1
  end
end
redis.call('HSET', KEYS[2], 'first', ARGV[2], 'epoch', ARGV[1], 'deaths', deaths)
return deaths
