"""Redis: keys, scripts and the ports on them. docs/redis.md is the schema."""
