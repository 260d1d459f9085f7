-- Tells a development to one subscription: adds its messages to the outboxes, once for ever.
-- KEYS[1] told (hash: development -> version and time)   KEYS[2] held (hash: development -> condition)   KEYS[3] counts (hash)
-- KEYS[4..] messages of one outbox each (lists)
-- ARGV[1] development   ARGV[2] what the told-set keeps   ARGV[3..] the message for KEYS[4..], JSON
-- Returns 1, or 0 where the subscription was told before.
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then
  return 0
end
local held = redis.call('HGET', KEYS[2], ARGV[1])
if held then
  redis.call('HDEL', KEYS[2], ARGV[1])
  redis.call('HINCRBY', KEYS[3], 'held:' .. held, -1)
end
redis.call('HINCRBY', KEYS[3], 'told', 1)
for outbox = 4, #KEYS do
  redis.call('RPUSH', KEYS[outbox], ARGV[outbox - 1])
end
return 1
