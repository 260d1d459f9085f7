"""Claims that nobody wrote, to fill a ledger with: their common words are those of the streams, their rare ones made up, so that
words are about as common and as rare as in real text. The same seed gives the same claims."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from monitor.records import Carrier, Claim, Figure, Proposition, Qualifier, Quantity, Series, Wording
from monitor.records.ids import EntryId, FeedId, RevisionId, TopicSlug, digest, proposition_id, series_id

START = datetime(2022, 1, 1, tzinfo=UTC)
RARE = 0.35
"""The share of a claim's stems that are names and rare words: of TAIL made-up ones, the n-th with a chance of one part in n."""
TAIL = 60_000
FIGURES = 0.3
"""The share of claims that give a figure."""
UNITS = ("people", "soldiers", "USD", "percent", "tonnes")
PARTIES = (None, None, "United States", "Russia", "Ukraine", "South Korea", "Ministry of Health", "Governor", "Port Authority")


@dataclass(slots=True)
class Fillers:
    """Propositions of one wording each, and a series for each figure. like: what they do not say themselves they have from it."""

    topic: TopicSlug
    stems: Sequence[frozenset[str]]
    like: Claim
    dice: random.Random = field(default_factory=lambda: random.Random(5))
    made: int = 0
    entry: int = 0

    def take(self, count: int) -> tuple[list[Proposition], list[Series]]:
        """The next ones."""
        propositions = [self._proposition() for _ in range(count)]
        return propositions, [self._series(one) for one in propositions if one.claim.quantities]

    def _proposition(self) -> Proposition:
        self.made += 1
        self.entry += self.dice.random() < 0.25
        entry, revision = EntryId(digest("entry", str(self.entry))), RevisionId(digest("revision", str(self.entry)))
        moment = START + timedelta(seconds=30 * self.made)
        stems = self._stems()
        sentence = " ".join(sorted(stems))
        start = 200 * (self.made % 40)
        evidence = replace(
            self.like.evidence, entry=entry, revision=revision, start=start, end=start + len(sentence), text=sentence
        )
        figures = (self._quantity(sentence),) if self.dice.random() < FIGURES else ()
        claim = replace(
            self.like,
            topic=self.topic,
            evidence=evidence,
            sentence=sentence,
            proposition=sentence,
            terms=stems,
            quantities=figures,
        )
        wording = Wording(
            key=evidence.key,
            entry=entry,
            text=digest(sentence),
            terms=stems,
            names=frozenset(sorted(stems)[:3]),
            figures=figures,
            party=self.dice.choice(PARTIES),
            stance=claim.stance,
            negated=False,
            published=moment,
            words=len(stems) + 8,
        )
        carrier = Carrier(
            entry=entry,
            revision=revision,
            feed=FeedId("filler"),
            outlet=f"outlet-{self.entry % 40}",
            publisher=None,
            url=f"https://filler.example/{self.entry}",
            title=sentence[:60],
            published=moment,
            seen=moment,
        )
        key = proposition_id(self.topic, evidence.key)
        return Proposition(id=key, claim=claim, wordings=(wording,), carriers=(carrier,), positions=())

    def _stems(self) -> frozenset[str]:
        length = max(4, round(self.dice.gauss(15, 5)))
        rare = round(length * RARE)
        common = [self.dice.choice(sorted(self.dice.choice(self.stems))) for _ in range(length - rare)]
        return frozenset([*common, *(f"rare{int(TAIL ** self.dice.random())}" for _ in range(rare))])

    def _quantity(self, sentence: str) -> Quantity:
        value = float(round(10 ** self.dice.uniform(0.5, 6)))
        return Quantity(
            low=value,
            high=value,
            qualifier=Qualifier.EXACT,
            unit=self.dice.choice(UNITS),
            what=" ".join(sentence.split()[:3]),
            surface=f"{value:,.0f}",
            start=0,
            end=8,
        )

    def _series(self, proposition: Proposition) -> Series:
        claim, quantity = proposition.claim, proposition.claim.quantities[0]
        figure = Figure(
            quantity=quantity,
            speaker=None,
            org=None,
            carrier=proposition.carriers[0],
            evidence=claim.evidence.key,
            terms=claim.terms,
            window=frozenset(sorted(claim.terms)[:6]),
        )
        return Series(id=series_id(self.topic, claim.evidence.key, 0), what=quantity.what, unit=quantity.unit, figures=(figure,))
