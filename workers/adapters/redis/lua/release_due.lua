-- Queues a poll for each feed that is due and moves the feed on, so that one whose poll is lost comes again.
-- A feed whose poll is still queued is only moved on: it is polled once, however late.
-- KEYS[1] due (sorted set: feed by next time)   KEYS[2] queue (stream)   KEYS[3] queued (hash: feed -> message id)
-- KEYS[4] hastened (set: feeds that have something new since their poll was queued)
-- ARGV[1] now, milliseconds   ARGV[2] interval, milliseconds   ARGV[3] limit
-- Returns how many polls were queued.
local feeds = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
local queued = 0
for _, feed in ipairs(feeds) do
  redis.call('ZADD', KEYS[1], tonumber(ARGV[1]) + tonumber(ARGV[2]), feed)
  if redis.call('HEXISTS', KEYS[3], feed) == 0 then
    local id = redis.call('XADD', KEYS[2], '*', 'feed', feed, 'batch', feed .. '@' .. ARGV[1])
    redis.call('HSET', KEYS[3], feed, id)
    redis.call('SREM', KEYS[4], feed)
    queued = queued + 1
  end
end
return queued
