-- Keeps an outbox in hand.
-- KEYS[1] lease   KEYS[2] state (hash)
-- ARGV[1] epoch   ARGV[2] milliseconds
-- Returns 1, or 0 where another deliverer has taken it since, or this one has committed.
if redis.call('HGET', KEYS[2], 'epoch') ~= ARGV[1] or redis.call('HGET', KEYS[2], 'done') == ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
