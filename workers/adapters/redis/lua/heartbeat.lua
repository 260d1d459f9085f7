-- Keeps messages from being claimed as a dead consumer's; touches only what this consumer still owns. (A bare
-- XCLAIM ... JUSTID would take work back from the consumer that owns it by now.)
-- KEYS[1] stream   ARGV[1] group   ARGV[2] consumer   ARGV[3..] message ids
-- Returns how many are still this consumer's.
local kept = 0
for i = 3, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2])
  if #pending == 1 then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
    kept = kept + 1
  end
end
return kept
