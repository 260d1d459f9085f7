-- Writes what an attempt came to. Fenced by epoch; done twice for one epoch (its answer was lost) it changes nothing.
-- KEYS[1] messages (list)   KEYS[2] lease   KEYS[3] state (hash)   KEYS[4] dead (hash: key -> JSON)   KEYS[5] counts (hash)
-- ARGV[1] epoch   ARGV[2] sent, retry or dead   ARGV[3] channel   ARGV[4] the message's key
-- ARGV[5] due in milliseconds (retry)   ARGV[6] error (retry)   ARGV[7] dead letter, JSON (dead)   ARGV[8] pace, JSON, or ''
-- Returns how many messages are left, or -1 where another deliverer has taken the outbox since.
local function left()
  return redis.call('LLEN', KEYS[1]) + redis.call('HEXISTS', KEYS[3], 'packed')
end
if redis.call('HGET', KEYS[3], 'epoch') ~= ARGV[1] then
  return -1
end
if redis.call('HGET', KEYS[3], 'done') == ARGV[1] then
  return left()
end
redis.call('HSET', KEYS[3], 'done', ARGV[1])
redis.call('DEL', KEYS[2])
if ARGV[8] ~= '' then
  redis.call('HSET', KEYS[3], 'pace', ARGV[8])
end
if ARGV[2] == 'retry' then
  redis.call('HSET', KEYS[3], 'due', ARGV[5], 'error', ARGV[6])
  redis.call('HINCRBY', KEYS[5], 'failed:' .. ARGV[3], 1)
else
  redis.call('HDEL', KEYS[3], 'packed', 'attempts', 'error', 'due')
  if ARGV[2] == 'dead' then
    redis.call('HSET', KEYS[4], ARGV[4], ARGV[7])
  end
  redis.call('HINCRBY', KEYS[5], ARGV[2] .. ':' .. ARGV[3], 1)
end
return left()
