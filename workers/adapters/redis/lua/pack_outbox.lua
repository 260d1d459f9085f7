-- Takes alerts out of those that wait and keeps the message made of them, which counts as its first attempt.
-- KEYS[1] messages (list)   KEYS[2] lease   KEYS[3] state (hash)
-- ARGV[1] epoch   ARGV[2] the message, JSON   ARGV[3..] the alerts that it is made of, as they wait
-- Returns 1, or 0 where another deliverer has taken the outbox since.
if redis.call('HGET', KEYS[3], 'epoch') ~= ARGV[1] or redis.call('HEXISTS', KEYS[3], 'packed') == 1 then
  return 0
end
for n = 3, #ARGV do
  redis.call('LREM', KEYS[1], 1, ARGV[n])
end
redis.call('HSET', KEYS[3], 'packed', ARGV[2], 'attempts', 1)
redis.call('HDEL', KEYS[3], 'due', 'error')
return 1
