-- Keeps a configuration as the next numbered snapshot, unless it is the one in force already, and puts it in force if so asked.
-- KEYS[1] snapshots (hash: number -> JSON)   KEYS[2] current (counter)   ARGV[1] configuration as JSON
-- ARGV[2] '1': put it in force; '0': only keep it, so that work can be prepared under its number
-- Returns its number. One that was kept and never came into force gives its number to the same configuration again.
local current = tonumber(redis.call('GET', KEYS[2]) or '0')
if redis.call('HGET', KEYS[1], current) == ARGV[1] then
  return current
end
local number = current + 1
while true do
  local kept = redis.call('HGET', KEYS[1], number)
  if not kept or kept == ARGV[1] then
    break
  end
  number = number + 1
end
redis.call('HSET', KEYS[1], number, ARGV[1])
if ARGV[2] == '1' then
  redis.call('SET', KEYS[2], number)
end
return number
