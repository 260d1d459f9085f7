"""Where the world is met: Redis, HTTP, channels, files, the clock."""
