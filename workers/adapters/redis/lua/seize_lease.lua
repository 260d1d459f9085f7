-- Takes a lease whoever holds it. The former holder's commits are refused from now on: they carry an older epoch.
-- KEYS[1] lease   KEYS[2] epoch (counter)   ARGV[1] owner   ARGV[2] milliseconds
-- Returns the epoch.
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return redis.call('INCR', KEYS[2])
