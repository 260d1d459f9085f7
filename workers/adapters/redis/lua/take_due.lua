-- Picks the outbox that has been due longest, and moves it on, so that it comes back by itself if its picker dies.
-- KEYS[1] due (sorted set: outbox -> milliseconds)
-- ARGV[1] now in milliseconds   ARGV[2] milliseconds to move it on
-- Returns {outbox, token} or {}. The token is the new score: while the outbox has it, nobody else has touched it since.
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 1)
if #found == 0 then
  return {}
end
local token = string.format('%.0f', tonumber(ARGV[1]) + tonumber(ARGV[2]))
redis.call('ZADD', KEYS[1], token, found[1])
return {found[1], token}
