-- Answers a number of the sequence, once: its claims, or the mark that it was set aside.
-- KEYS[1] units (stream)   KEYS[2] trouble   KEYS[3] answers (hash: number -> answer as JSON)   KEYS[4] dead (hash: number -> unit)
-- KEYS[5] counts (hash)   KEYS[6] texts   KEYS[7] marks (hashes by number: what was set aside is no text to compare with)
-- ARGV[1] group   ARGV[2] message id   ARGV[3] number   ARGV[4] answer   ARGV[5] dead letter as JSON, or an empty string
-- Returns 1, or 0 where another worker has answered.
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then
  return 0
end
redis.call('XDEL', KEYS[1], ARGV[2])
redis.call('HDEL', KEYS[2], 'd:' .. ARGV[2], 'e:' .. ARGV[2])
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[4], ARGV[3], ARGV[5])
  redis.call('HINCRBY', KEYS[5], 'dead', 1)
  redis.call('HDEL', KEYS[6], ARGV[3])
  redis.call('HDEL', KEYS[7], ARGV[3])
end
return 1
