-- Sets when an outbox is due next. Sooner is always safe; later only where nobody has touched the outbox since it was picked:
-- a message that was added meanwhile has made it due at once, and must not be put off.
-- KEYS[1] due (sorted set: outbox -> milliseconds)
-- ARGV[1] outbox   ARGV[2] milliseconds   ARGV[3] token from take_due
-- Returns 1 where it was set.
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if score and tonumber(ARGV[2]) >= tonumber(score) and tonumber(score) ~= tonumber(ARGV[3]) then
  return 0
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return 1
