-- Gives a lease back, if it is still this owner's, so that the next holder need not wait for it to expire.
-- KEYS[1] lease   ARGV[1] owner
-- Returns 1 where it was given back.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
