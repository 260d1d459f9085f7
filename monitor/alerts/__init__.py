"""Who wants a development, how it reads, and when to try again. Pure: records in, records or text out."""
