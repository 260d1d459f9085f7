-- Writes a feed's state and what is to be known of its entries, and forgets what has long not been in the feed.
-- KEYS[1] state (string)
-- KEYS[2] known (hash: identity key -> "entry:revision:day"; `pruned` -> the day when it was last looked through)
-- ARGV[1] state as JSON   ARGV[2] polls before this one, as its worker knew them   ARGV[3] today (days since 1970)
-- ARGV[4] days for which keys are kept   ARGV[5] most keys   ARGV[6..] identity key, value
-- Returns 1, or 0 where another worker has committed a poll meanwhile; then nothing is written.
-- What is in the feed now is never forgotten: the document's keys are all among the arguments on the first commit of a day.
local before = redis.call('GET', KEYS[1])
if before and cjson.decode(before).polls ~= tonumber(ARGV[2]) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1])
if #ARGV < 6 then
  return 1
end
local now = {}
for i = 6, #ARGV, 1000 do
  redis.call('HSET', KEYS[2], unpack(ARGV, i, math.min(i + 999, #ARGV)))
end
for i = 6, #ARGV, 2 do
  now[ARGV[i]] = true
end
local today = tonumber(ARGV[3])
local most = tonumber(ARGV[5])
if redis.call('HGET', KEYS[2], 'pruned') == ARGV[3] and redis.call('HLEN', KEYS[2]) <= most + 1 then
  return 1
end
redis.call('HSET', KEYS[2], 'pruned', ARGV[3])
local all = redis.call('HGETALL', KEYS[2])
local kept = {}
for i = 1, #all, 2 do
  local day = tonumber(string.match(all[i + 1], ':(%d+)$'))
  if day and not now[all[i]] then
    if today - day > tonumber(ARGV[4]) then
      redis.call('HDEL', KEYS[2], all[i])
    else
      kept[#kept + 1] = { day, all[i] }
    end
  end
end
local surplus = redis.call('HLEN', KEYS[2]) - 1 - most
if surplus > 0 then
  table.sort(kept, function(a, b)
    if a[1] ~= b[1] then
      return a[1] < b[1]
    end
    return a[2] < b[2]
  end)
  for i = 1, math.min(surplus, #kept) do
    redis.call('HDEL', KEYS[2], kept[i][2])
  end
end
return 1
