-- Notes which condition of a subscription holds a development back for now. A development that was told is not held.
-- KEYS[1] told (hash)   KEYS[2] held (hash: development -> condition)   KEYS[3] counts (hash)
-- ARGV[1] development   ARGV[2] condition
-- Returns 1 where the note is new or another one.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  return 0
end
local before = redis.call('HGET', KEYS[2], ARGV[1])
if before == ARGV[2] then
  return 0
end
if before then
  redis.call('HINCRBY', KEYS[3], 'held:' .. before, -1)
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('HINCRBY', KEYS[3], 'held:' .. ARGV[2], 1)
return 1
