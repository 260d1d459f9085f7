-- Puts a dead letter back at the end of its outbox.
-- KEYS[1] dead (hash: key -> JSON)   KEYS[2] messages (list)   KEYS[3] counts (hash)
-- ARGV[1] the message's key   ARGV[2] message, JSON   ARGV[3] channel
-- Returns 1, or 0 where it is no dead letter (any more).
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then
  return 0
end
redis.call('RPUSH', KEYS[2], ARGV[2])
redis.call('HINCRBY', KEYS[3], 'dead:' .. ARGV[3], -1)
return 1
