-- Deletes a consumer only while nothing is pending for it: XGROUP DELCONSUMER drops pending messages for good.
-- KEYS[1] stream   ARGV[1] group   ARGV[2] consumer
-- Returns 1 where it is gone.
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then
  return 0
end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1
