-- Gives each entry revision that the topic has not had the next number of its sequence and queues it for analysis, with the
-- earlier texts that may be nearly the same. All new ones of one call are one batch: the run of numbers first..last.
-- KEYS[1] sequence (counter)   KEYS[2] works (sorted set: work id by number)   KEYS[3] units (stream)
-- KEYS[4] near (hash: key of a text -> the last number that has it)   KEYS[5] texts (hash: number -> text, packed)
-- KEYS[6] marks (hash: number -> snapshot and keys, divided by spaces)
-- ARGV[1] snapshot   ARGV[2] topic   ARGV[3] how many newest texts to keep   ARGV[4] most likes
-- ARGV[5..] by fours: work id, entry as JSON, text (packed), its keys divided by spaces, that of the entry first; in the feed's order
-- Returns how many were new.
local new, seen = {}, {}
for i = 5, #ARGV, 4 do
  if not seen[ARGV[i]] and not redis.call('ZSCORE', KEYS[2], ARGV[i]) then
    seen[ARGV[i]] = true
    new[#new + 1] = i
  end
end
if #new == 0 then
  return 0
end
local snapshot, kept, most = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4])

-- The numbers that share most keys, the latest of equals, under the same snapshot; whether the first key is theirs.
local function likes(keys)
  local shared, listed, entry = {}, {}, nil
  for n, key in ipairs(keys) do
    local found = redis.call('HGET', KEYS[4], key)
    if found then
      if not shared[found] then
        shared[found] = 0
        listed[#listed + 1] = found
      end
      shared[found] = shared[found] + 1
      if n == 1 then
        entry = found
      end
    end
  end
  table.sort(listed, function(a, b)
    if shared[a] ~= shared[b] then
      return shared[a] > shared[b]
    end
    return tonumber(a) > tonumber(b)
  end)
  local fields, count = {}, 0
  for _, number in ipairs(listed) do
    local mark = count < most and redis.call('HGET', KEYS[6], number)
    if mark and string.match(mark, '^%S+') == snapshot then
      count = count + 1
      fields[#fields + 1] = 'like:' .. number .. (number == entry and ':entry' or '')
      fields[#fields + 1] = redis.call('HGET', KEYS[5], number)
    end
  end
  return fields
end

local function forget(number)
  local mark = redis.call('HGET', KEYS[6], number)
  if mark then
    for key in string.gmatch(mark, '%S+') do
      if redis.call('HGET', KEYS[4], key) == tostring(number) then
        redis.call('HDEL', KEYS[4], key)
      end
    end
    redis.call('HDEL', KEYS[5], number)
    redis.call('HDEL', KEYS[6], number)
  end
end

local last = redis.call('INCRBY', KEYS[1], #new)
local first = last - #new + 1
for n, i in ipairs(new) do
  local number = first + n - 1
  local keys = {}
  for key in string.gmatch(ARGV[i + 3], '%S+') do
    keys[#keys + 1] = key
  end
  local found = likes(keys)
  redis.call('ZADD', KEYS[2], number, ARGV[i])
  redis.call('XADD', KEYS[3], '*', 'topic', ARGV[2], 'number', number, 'first', first, 'last', last,
    'snapshot', snapshot, 'entry', ARGV[i + 1], unpack(found))
  if #keys > 0 then
    for _, key in ipairs(keys) do
      redis.call('HSET', KEYS[4], key, number)
    end
    redis.call('HSET', KEYS[5], number, ARGV[i + 2])
    redis.call('HSET', KEYS[6], number, snapshot .. ' ' .. ARGV[i + 3])
  end
  forget(number - kept)
end
return #new
