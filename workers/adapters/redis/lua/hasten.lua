-- Makes a feed due now; where its poll is queued or under way already, once more when that ends.
-- KEYS[1] due (sorted set: feed by next time)   KEYS[2] queued (hash: feed -> message id)   KEYS[3] hastened (set of feeds)
-- ARGV[1] feed   ARGV[2] now, milliseconds
-- Returns 1, or 0 where the feed is not scheduled.
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return 0
end
redis.call('ZADD', KEYS[1], 'XX', 'LT', ARGV[2], ARGV[1])
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then
  redis.call('SADD', KEYS[3], ARGV[1])
end
return 1
