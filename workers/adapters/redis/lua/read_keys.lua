-- Reads keys of any kind in one step, so that what is copied of one tag is of one moment.
-- KEYS: the keys
-- Returns for each its type and what it holds: a string; a list; the members of a set; names and values of a hash; members and
-- scores of a sorted set; ids and fields of a stream. A key that is not there: 'none' and ''.
local found = {}
for n, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key)['ok']
  local value = ''
  if kind == 'string' then
    value = redis.call('GET', key)
  elseif kind == 'list' then
    value = redis.call('LRANGE', key, 0, -1)
  elseif kind == 'set' then
    value = redis.call('SMEMBERS', key)
  elseif kind == 'hash' then
    value = redis.call('HGETALL', key)
  elseif kind == 'zset' then
    value = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  elseif kind == 'stream' then
    value = redis.call('XRANGE', key, '-', '+')
  end
  found[n] = {kind, value}
end
return found
