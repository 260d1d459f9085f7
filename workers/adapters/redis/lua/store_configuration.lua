-- Puts a configuration in force as the next numbered snapshot, unless it is the one in force already.
-- KEYS[1] snapshots (hash: number -> JSON)   KEYS[2] current (counter)   ARGV[1] configuration as JSON
-- Returns the number in force.
local current = redis.call('GET', KEYS[2])
if current and redis.call('HGET', KEYS[1], current) == ARGV[1] then
  return tonumber(current)
end
local number = redis.call('INCR', KEYS[2])
redis.call('HSET', KEYS[1], number, ARGV[1])
return number
