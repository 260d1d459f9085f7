-- Takes an outbox in hand and counts an attempt for its head. The count comes first: a deliverer that dies has tried.
-- KEYS[1] messages (list)   KEYS[2] lease (string, expires)
-- KEYS[3] state (hash: epoch, done = the last epoch that committed, attempts and due of the head, error = its last one)
-- ARGV[1] milliseconds of the lease   ARGV[2] now in milliseconds
-- Returns {'message', epoch, attempt, JSON}, {'empty'}, {'later', milliseconds when due} or {'held', milliseconds left}.
local message = redis.call('LINDEX', KEYS[1], 0)
if not message then
  return {'empty'}
end
local left = redis.call('PTTL', KEYS[2])
if left > 0 then
  return {'held', left}
end
local due = redis.call('HGET', KEYS[3], 'due')
if due and tonumber(due) > tonumber(ARGV[2]) then
  return {'later', due}
end
local epoch = redis.call('HINCRBY', KEYS[3], 'epoch', 1)
local attempt = redis.call('HINCRBY', KEYS[3], 'attempts', 1)
redis.call('HDEL', KEYS[3], 'due')
redis.call('SET', KEYS[2], epoch, 'PX', ARGV[1])
return {'message', epoch, attempt, message}
