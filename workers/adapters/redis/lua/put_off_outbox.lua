-- Gives an outbox back from which nothing may go yet.
-- KEYS[1] lease   KEYS[2] state (hash)
-- ARGV[1] epoch   ARGV[2] 1 where an attempt was counted for a message that was put together before, and is not made; else 0
-- Returns 1, or 0 where another deliverer has taken it since.
if redis.call('HGET', KEYS[2], 'epoch') ~= ARGV[1] then
  return 0
end
if ARGV[2] == '1' then
  redis.call('HINCRBY', KEYS[2], 'attempts', -1)
end
redis.call('DEL', KEYS[1])
return 1
