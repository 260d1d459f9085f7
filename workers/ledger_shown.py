"""`monitor ledger TOPIC`: what is known of a topic. Figures as a table with a plot, where each party stands, and the claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from redis import Redis
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitor.alerts.figures import amount
from monitor.alerts.lines import moment, one_line, shortened
from monitor.alerts.render import SHORT_ID, said_by, value_of
from monitor.errors import PermanentError
from monitor.records import Carrier, Figure, Ledger, Position, Proposition, Quantity, Series, Stance
from monitor.records.codec import encode
from monitor.records.ids import TopicSlug
from workers.adapters.redis import ledgers
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.decisions import RedisDecisions
from workers.adapters.redis.leases import Leases

T = TypeVar("T")

BAR = 16
"""Columns of the longest bar."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
LATEST = 2_000
"""Claims and series, those carried last, that are looked at unless all are asked for: a ledger of years holds a million."""
_QUOTED = 300
"""Characters of a sentence that are shown."""
_STANCES = frozenset({Stance.CONFIRMS, Stance.DENIES, Stance.PROMISES, Stance.REFUSES, Stance.CONSIDERS, Stance.WARNS})
"""Stances that are a position: whoever merely asserts or estimates something has taken none."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a party stands on a matter, and how it came there, oldest first."""

    party: str
    proposition: Proposition
    history: tuple[Position, ...]


def show(
    redis: Redis, console: Console, topic: str | None, *, limit: int, everything: bool = False, as_json: bool = False
) -> int:
    """Shows a topic's ledger, most recent first; without a topic one line for each.

    limit: of each part, 0 for all. everything: also what was filed without being told. as_json: the whole ledger, as one object.
    Raises PermanentError where the topic has none.
    """
    decisions = RedisDecisions(redis, Leases(redis, "ledger"))
    topics = decisions.topics()
    titles = _titles(redis)
    if topic is None:
        for slug in topics:
            console.print(Text.assemble((slug, "bold"), f"  {_counts(redis, slug)}"))
        if not topics:
            console.print("Nothing is known yet: no entry has matched a topic.")
        return 0
    if topic not in topics:
        if topic not in titles:
            known = ", ".join(sorted({*topics, *titles})) or "none yet"
            raise PermanentError(f"there is no topic {topic}; topics are: {known}")
        console.print(Text(f"Nothing is known of {topic} yet: no entry has matched it."))
        return 0
    slug = TopicSlug(topic)
    ledger = ledgers.latest(redis, slug, LATEST) if limit and not as_json else decisions.load(slug)
    if as_json:
        print(encode(ledger).decode())
        return 0
    console.print(Text.assemble((titles.get(topic, topic), "bold"), f"  {_counts(redis, slug)}"))
    if limit and len(ledger.propositions) + len(ledger.series) == LATEST:
        console.print(Text(f"Of these the {LATEST:,} carried last are looked at; --limit 0 reads all.", "dim"))
    told = [one for one in ledger.propositions.values() if one.development or everything]
    series = [one for one in ledger.series.values() if one.development or everything]
    _part(console, "FIGURES", sorted(series, key=_last_figure, reverse=True), _series, limit)
    _part(console, "POSITIONS", _parties(ledger.propositions.values()), _party, limit)
    _part(console, "CLAIMS", sorted(told, key=_last_carried, reverse=True), _claim(ledger), limit)
    return 0


def _titles(redis: Redis) -> dict[str, str]:
    configurations = RedisConfigurations(redis)
    current = configurations.current()
    return {slug: topic.title for slug, topic in configurations.load(current).topics.items()} if current else {}


def _counts(redis: Redis, topic: TopicSlug) -> str:
    developments, propositions, series, decided = ledgers.sizes(redis, topic)
    return (
        f"{_many(developments, 'development')}, {_many(propositions, 'claim')} filed, {series:,} series, "
        f"{_many(decided, 'entry', 'entries')} judged"
    )


def _many(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _part(console: Console, head: str, items: Sequence[T], shown: Callable[[T], Group], limit: int) -> None:
    if not items:
        return
    console.print()
    console.print(Text(head, "bold cyan"))
    for item in items[: limit or None]:
        console.print(Padding(shown(item), (0, 0, 0, 2)))
    if limit and len(items) > limit:
        console.print(Text(f"  and {len(items) - limit} more: --limit {len(items)} shows all", "dim"))


def _last_figure(series: Series) -> tuple[datetime, str]:
    return max(figure.carrier.published for figure in series.figures), series.id


def _last_carried(proposition: Proposition) -> tuple[datetime, str]:
    return max(carrier.published for carrier in proposition.carriers), proposition.id


def _series(series: Series) -> Group:
    """The figures, latest first, each with a bar; those that repeat the one before them, by whomever, are counted beside it."""
    rows: list[tuple[Figure, int]] = []
    for figure in sorted(series.figures, key=lambda one: one.carrier.published):
        if rows and _bounds(rows[-1][0].quantity) == _bounds(figure.quantity):
            rows[-1] = (rows[-1][0], rows[-1][1] + 1)
        else:
            rows.append((figure, 1))
    values = [abs(value_of(figure.quantity) or 0.0) for figure, _ in rows]
    most = max(values) if len(rows) > 1 else 0.0  # a single value needs no plot
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True, width=BAR if most else 0)
    table.add_column(overflow="fold")
    for figure, times in reversed(rows):
        more = f", and {_many(times - 1, 'time')} more" if times > 1 else ""
        voice = _voice(figure.speaker, figure.org, figure.carrier)
        bar = _bar((value_of(figure.quantity) or 0.0) / most) if most else ""
        table.add_row(_when(figure.carrier.published), one_line(amount(figure.quantity)), Text(bar, "cyan"), f"{voice}{more}")
    what = one_line(series.what) or series.unit
    return Group(Text.assemble((what, "bold"), (f"  {_short(series.development or series.id)}", "dim")), table)


def _bounds(quantity: Quantity) -> tuple[object, ...]:
    return quantity.low, quantity.high, quantity.qualifier


def _bar(share: float) -> str:
    """A bar of so much of the longest; of what is more than nothing at least a sliver."""
    eighths = round(abs(share) * BAR * 8) or (1 if share else 0)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _parties(propositions: Iterable[Proposition]) -> list[Standing]:
    """Where each party stands on each matter that it has taken a position on, the latest turn first."""
    found: dict[tuple[str, str], Standing] = {}
    for proposition in propositions:
        turns: dict[str, list[Position]] = defaultdict(list)
        for position in sorted(proposition.positions, key=lambda one: one.carrier.published):
            history = turns[position.party]
            if position.stance in _STANCES and (not history or history[-1].stance != position.stance):
                history.append(position)
        for party, history in turns.items():
            if len(history) > 1 or (history and proposition.development):
                found[party, proposition.id] = Standing(party, proposition, tuple(history))
    return sorted(
        found.values(), key=lambda one: (one.history[-1].carrier.published, one.proposition.id, one.party), reverse=True
    )


def _party(standing: Standing) -> Group:
    steps = Text(one_line(standing.party), "bold")
    for number, position in enumerate(standing.history):
        steps.append(f" {'-> ' if number else ''}{position.stance} ", "cyan" if number == len(standing.history) - 1 else "")
        steps.append(f"({_when(position.carrier.published)}, {one_line(position.carrier.outlet)})", "dim")
    return Group(steps, Padding(Text(shortened(one_line(standing.proposition.claim.proposition), _QUOTED)), (0, 0, 0, 2)))


def _claim(ledger: Ledger) -> Callable[[Proposition], Group]:
    def shown(proposition: Proposition) -> Group:
        claim = proposition.claim
        development = ledger.developments.get(proposition.development) if proposition.development else None
        first = Text.assemble(
            (f"{_when(_last_carried(proposition)[0])}  ", "dim"),
            shortened(one_line(claim.proposition or claim.sentence), _QUOTED),
        )
        said = f"{said_by(claim.speaker, claim.org)}, {claim.stance}"
        if development is not None:
            voices = ", ".join(one_line(origin) for origin in development.origins)
            facts = f"{said}; {_many(len(development.origins), 'voice')}: {voices}; {_short(development.id)}"
        else:
            facts = f"{said}; {one_line(proposition.carriers[0].outlet)}; filed, not told; {_short(proposition.id)}"
        return Group(first, Padding(Text(facts, "dim"), (0, 0, 0, 2)))

    return shown


def _when(when: datetime) -> str:
    return moment(when).rsplit(" ", 1)[0].replace(",", "")


def _voice(speaker: str | None, org: str | None, carrier: Carrier) -> str:
    named = one_line(speaker or org or "")
    return f"{named} in {one_line(carrier.outlet)}" if named else one_line(carrier.outlet)


def _short(key: str) -> str:
    return key[:SHORT_ID]
