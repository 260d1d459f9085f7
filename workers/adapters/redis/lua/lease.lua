-- Takes or renews a lease. One holder at a time; each new holder gets a higher epoch, which fences its commits.
-- KEYS[1] lease (string: owner, expires)   KEYS[2] epoch (counter, never expires)
-- ARGV[1] owner   ARGV[2] milliseconds
-- Returns the epoch, or 0 where another owner holds the lease.
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return tonumber(redis.call('GET', KEYS[2]))
end
if holder then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return redis.call('INCR', KEYS[2])
