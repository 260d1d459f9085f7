-- Sets when outboxes are due next. Sooner is always safe; later only where nobody has touched the outbox since it was picked:
-- a message that was added meanwhile has made it due at once, and must not be put off.
-- KEYS[1] due (sorted set: outbox -> milliseconds)
-- ARGV by threes: outbox, milliseconds, token from take_due
-- Returns how many were set.
local set = 0
for n = 1, #ARGV, 3 do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[n])
  if not score or tonumber(ARGV[n + 1]) < tonumber(score) or tonumber(score) == tonumber(ARGV[n + 2]) then
    redis.call('ZADD', KEYS[1], ARGV[n + 1], ARGV[n])
    set = set + 1
  end
end
return set
