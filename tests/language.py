"""The language pipeline that ships, loaded once for all the tests of a process."""

from __future__ import annotations

from functools import cache

from spacy.language import Language

from monitor.extract.pipeline import load_pipeline


@cache
def pipeline() -> Language:
    """The shipped pipeline. Whoever changes one loads their own."""
    return load_pipeline(None)
