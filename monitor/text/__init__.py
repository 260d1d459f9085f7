"""From an entry's fields to clean text with a map back, and from text to sentences. No model is needed here."""
