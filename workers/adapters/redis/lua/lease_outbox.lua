-- Takes an outbox in hand. Where a message was put together already, counts an attempt for it: a deliverer that dies has tried.
-- KEYS[1] messages (list: alerts that wait)   KEYS[2] lease (string, expires)
-- KEYS[3] state (hash: epoch, done = the last epoch that committed, packed = the message that goes, JSON, its attempts, due and
--         last error, pace = what was sent, JSON)
-- ARGV[1] milliseconds of the lease   ARGV[2] now in milliseconds   ARGV[3] alerts to read at most
-- Returns {'packed', epoch, attempt, message, pace}, {'waiting', epoch, pace, alert...}, {'empty'}, {'later', milliseconds when
-- due} or {'held', milliseconds left}.
local packed = redis.call('HGET', KEYS[3], 'packed')
if not packed and redis.call('LLEN', KEYS[1]) == 0 then
  return {'empty'}
end
local left = redis.call('PTTL', KEYS[2])
if left > 0 then
  return {'held', left}
end
local pace = redis.call('HGET', KEYS[3], 'pace') or ''
if packed then
  local due = redis.call('HGET', KEYS[3], 'due')
  if due and tonumber(due) > tonumber(ARGV[2]) then
    return {'later', due}
  end
  local epoch = redis.call('HINCRBY', KEYS[3], 'epoch', 1)
  local attempt = redis.call('HINCRBY', KEYS[3], 'attempts', 1)
  redis.call('HDEL', KEYS[3], 'due')
  redis.call('SET', KEYS[2], epoch, 'PX', ARGV[1])
  return {'packed', epoch, attempt, packed, pace}
end
local epoch = redis.call('HINCRBY', KEYS[3], 'epoch', 1)
redis.call('SET', KEYS[2], epoch, 'PX', ARGV[1])
local answer = {'waiting', epoch, pace}
for _, alert in ipairs(redis.call('LRANGE', KEYS[1], 0, tonumber(ARGV[3]) - 1)) do
  answer[#answer + 1] = alert
end
return answer
