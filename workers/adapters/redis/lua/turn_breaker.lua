-- Sets how a channel does, unless another deliverer has learnt something of it since it was read.
-- KEYS[1] breakers (hash: channel -> Breaker, JSON; a channel that works has no field)
-- ARGV[1] channel   ARGV[2] as it was read, or ''   ARGV[3] as it is now, or ''
-- Returns 1, or 0 where it is another one by now.
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then
  return 0
end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
return 1
