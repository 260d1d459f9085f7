-- Puts a kept snapshot in force, unless another has come into force since.
-- KEYS[1] current (counter)   ARGV[1] the number that was in force (0: none)   ARGV[2] the number that is to be
-- Returns 1, or 0 where another number is in force by now.
if tonumber(redis.call('GET', KEYS[1]) or '0') ~= tonumber(ARGV[1]) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2])
return 1
