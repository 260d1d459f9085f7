"""Which documents and sentences concern a topic. Runs before any parsing, in the process that polls: never imports spaCy."""
