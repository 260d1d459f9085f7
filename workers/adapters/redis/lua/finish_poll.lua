-- Ends a poll: acknowledges it and sets the feed's next time, unless the feed is not scheduled any more.
-- KEYS[1] queue   KEYS[2] trouble   KEYS[3] due   KEYS[4] queued   KEYS[5] hastened: such a feed is due at once
-- ARGV[1] group   ARGV[2] message id   ARGV[3] feed   ARGV[4] next time, milliseconds
-- Returns 1, or 0 where another worker has ended it.
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then
  return 0
end
redis.call('XDEL', KEYS[1], ARGV[2])
redis.call('HDEL', KEYS[2], 'd:' .. ARGV[2], 'e:' .. ARGV[2])
redis.call('HDEL', KEYS[4], ARGV[3])
local next_time = ARGV[4]
if redis.call('SREM', KEYS[5], ARGV[3]) == 1 then
  next_time = 0
end
redis.call('ZADD', KEYS[3], 'XX', next_time, ARGV[3])
return 1
