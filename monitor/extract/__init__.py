"""From documents to claims: figures, attributions and stances. Pure: a spaCy Doc in, records out; nothing here reads a file
but `pipeline.load_pipeline`, once, at start."""
