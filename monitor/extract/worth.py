"""How likely a sentence of this kind tells something at all, before anything is known of what was said before."""

from __future__ import annotations

from collections.abc import Mapping


def features(
    *,
    keywords: int,
    actors: int,
    quantities: int,
    attributed: bool,
    field: str,
    position: int,
    words: int,
    background: bool,
    heading: bool,
) -> dict[str, float]:
    """What a sentence is like, as named numbers.

    position counts sentences from the start of the field; heading: the sentence was taken for its neighbours, not its own words.
    """
    return {
        "keywords": float(min(keywords, 4)),
        "actors": float(min(actors, 4)),
        "quantities": float(min(quantities, 4)),
        "attributed": float(attributed),
        "title": float(field == "title"),
        "summary": float(field == "summary"),
        "lead": float(position == 0),
        "position": float(min(position, 20)) / 20,
        "words": float(min(words, 60)) / 60,
        "background": float(background),
        "inherited": float(heading),
    }


def worth(values: Mapping[str, float]) -> float:
    """A first judgement by hand, from 0 to 1: figures and attribution raise it, background and a far position lower it."""
    score = 0.25 + 0.1 * values["keywords"] + 0.05 * values["actors"] + 0.1 * values["quantities"] + 0.15 * values["attributed"]
    score += 0.1 * (values["title"] + values["summary"] + values["lead"])
    score -= 0.2 * values["position"] + 0.35 * values["background"] + 0.15 * values["inherited"]
    return round(min(max(score, 0.0), 1.0), 4)
