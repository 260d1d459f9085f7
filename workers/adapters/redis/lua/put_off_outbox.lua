-- Gives an outbox back from which nothing may go yet.
-- KEYS[1] lease   KEYS[2] state (hash)
-- ARGV[1] epoch
-- Returns 1, or 0 where another deliverer has taken it since.
if redis.call('HGET', KEYS[2], 'epoch') ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[1])
return 1
