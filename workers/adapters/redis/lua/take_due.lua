-- Picks the outboxes that have been due longest, and moves them on, so that they come back by themselves if their picker dies.
-- KEYS[1] due (sorted set: outbox -> milliseconds)
-- ARGV[1] now in milliseconds   ARGV[2] milliseconds to move them on   ARGV[3] how many at most
-- Returns {token, outbox...}. The token is their new score: while an outbox has it, nobody else has touched it since.
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
local token = string.format('%.0f', tonumber(ARGV[1]) + tonumber(ARGV[2]))
local answer = {token}
for _, outbox in ipairs(found) do
  redis.call('ZADD', KEYS[1], token, outbox)
  answer[#answer + 1] = outbox
end
return answer
