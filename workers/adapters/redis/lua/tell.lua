-- Tells developments to one subscription: adds its messages to the outboxes, of each development once for ever.
-- KEYS[1] told (hash: telling -> version and time)   KEYS[2] held (hash: development -> condition)   KEYS[3] counts (hash)
-- KEYS[4..] alerts of one outbox each (lists)
-- ARGV by fives: telling (a development, or a version of it), what the told-set keeps, its topic ('' for a notice), which outbox
--               (from 1), the message, JSON
-- Returns how many tellings were new.
local new, count = {}, 0
for n = 1, #ARGV, 5 do
  local telling = ARGV[n]
  if redis.call('HSETNX', KEYS[1], telling, ARGV[n + 1]) == 1 then
    new[telling] = true
    count = count + 1
    local held = redis.call('HGET', KEYS[2], telling)
    if held then
      redis.call('HDEL', KEYS[2], telling)
      redis.call('HINCRBY', KEYS[3], 'held:' .. held, -1)
    end
    redis.call('HINCRBY', KEYS[3], 'told', 1)
    if ARGV[n + 2] ~= '' then
      redis.call('HINCRBY', KEYS[3], 'told:' .. ARGV[n + 2], 1)
    end
  end
  if new[telling] then
    redis.call('RPUSH', KEYS[3 + tonumber(ARGV[n + 3])], ARGV[n + 4])
  end
end
return count
