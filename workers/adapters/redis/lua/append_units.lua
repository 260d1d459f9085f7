-- Gives each entry revision that the topic has not had the next number of its sequence and queues it for analysis.
-- All new ones of one call are one batch: the run of numbers first..last.
-- KEYS[1] sequence (counter)   KEYS[2] works (sorted set: work id by number)   KEYS[3] units (stream)
-- ARGV[1] snapshot   ARGV[2] topic   ARGV[3..] work id, entry as JSON, in the feed's order
-- Returns how many were new.
local new = {}
local seen = {}
for i = 3, #ARGV, 2 do
  if not seen[ARGV[i]] and not redis.call('ZSCORE', KEYS[2], ARGV[i]) then
    seen[ARGV[i]] = true
    new[#new + 1] = i
  end
end
if #new == 0 then
  return 0
end
local last = redis.call('INCRBY', KEYS[1], #new)
local first = last - #new + 1
for n, i in ipairs(new) do
  local number = first + n - 1
  redis.call('ZADD', KEYS[2], number, ARGV[i])
  redis.call('XADD', KEYS[3], '*', 'topic', ARGV[2], 'number', number, 'first', first, 'last', last,
    'snapshot', ARGV[1], 'entry', ARGV[i + 1])
end
return #new
