-- Counts a raised error against a message of this consumer.
-- KEYS[1] stream   KEYS[2] trouble   ARGV[1] group   ARGV[2] consumer   ARGV[3] message id
-- Returns the errors so far, or -1 where the message is not this consumer's any more.
if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2]) == 0 then
  return -1
end
return redis.call('HINCRBY', KEYS[2], 'e:' .. ARGV[3], 1)
