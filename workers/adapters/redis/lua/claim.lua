-- Hands out what dead consumers left unfinished: idle for longer than any living one lets its work be.
-- A death proves nothing against a message, so what was in flight at one death comes in company; at two or more, alone.
-- KEYS[1] stream   KEYS[2] trouble (hash: d:<id> deaths, e:<id> raised errors)
-- ARGV[1] group   ARGV[2] consumer   ARGV[3] idle milliseconds   ARGV[4] count
-- Returns {deaths of the first message, messages as XCLAIM gives them}; the messages are empty where nothing was left.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], '-', '+', ARGV[4])
local together = {}
for _, row in ipairs(pending) do
  local id = row[1]
  local deaths = tonumber(redis.call('HGET', KEYS[2], 'd:' .. id) or '0') + 1
  if deaths >= 2 then
    if #together == 0 then
      redis.call('HSET', KEYS[2], 'd:' .. id, deaths)
      return {deaths, redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], id)}
    end
  else
    together[#together + 1] = id
  end
end
if #together == 0 then
  return {0, {}}
end
for _, id in ipairs(together) do
  redis.call('HSET', KEYS[2], 'd:' .. id, 1)
end
return {1, redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], unpack(together))}
