"""The rules that read figures, from text to numbers, units, bounds, nouns and roles; `..quantities` puts them together."""
