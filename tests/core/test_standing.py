"""Where a story stands: figures, positions, what most carried; no news."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.alerts.bulletin import bulletin
from monitor.alerts.standing import standing
from monitor.alerts.subscribe import notices_for
from monitor.records import Carrier, Claim, Figure, Ledger, Position, Proposition, Series, Stance
from monitor.records.ids import DevelopmentId, PropositionId, SeriesId, Snapshot, SubscriptionName, TopicSlug
from monitor.settings import Subscription, Topic
from tests.records import NOON, TOPIC, a_claim, a_quantity, an_entry, carrier_of

SETTINGS = Topic(title="Soldiers in Russia", keywords=("soldiers",))


def carried(outlet: str, days: float = 0) -> Carrier:
    return carrier_of(an_entry(name=f"{outlet}{days}", feed=outlet.lower(), minutes=days * 1440))


def a_figure(value: float, speaker: str, carrier: Carrier) -> Figure:
    return Figure(
        quantity=a_quantity(value), speaker=speaker, org=None, carrier=carrier, evidence="", terms=frozenset(), window=frozenset()
    )


def a_proposition(
    name: str, claim: Claim, *carriers: Carrier, positions: tuple[Position, ...] = (), told: bool = True
) -> Proposition:
    development = DevelopmentId(f"d{name}") if told else None
    return Proposition(
        id=PropositionId(name), claim=claim, wordings=(), carriers=carriers, positions=positions, development=development
    )


def a_ledger(topic: TopicSlug = TOPIC) -> Ledger:
    first, second, third = carried("Wire"), carried("Herald", 3), carried("State", 5)
    figures = (a_figure(3000, "Seoul", first), a_figure(12000, "Kyiv", third), a_figure(10000, "the Pentagon", second))
    series = Series(id=SeriesId("s"), what="North Korean soldiers", unit="soldiers", figures=figures)
    positions = (
        Position(party="Russia", stance=Stance.DENIES, carrier=first),
        Position(party="Russia", stance=Stance.CONFIRMS, carrier=third),
        Position(party="Japan", stance=Stance.ASSERTS, carrier=second),
        Position(party="officials", stance=Stance.DENIES, carrier=second),
    )
    claims = [
        a_proposition("p1", a_claim("North Korean soldiers are in Russia."), first, third, positions=positions),
        a_proposition("p2", a_claim("Ships brought them to Vladivostok."), first, second, third),
        a_proposition("p3", a_claim("It rained on the parade."), second, told=False),
    ]
    return Ledger(topic=topic, decided=3, propositions={p.id: p for p in claims}, series={series.id: series})


def test_it_tells_the_latest_figure_the_last_position_and_what_most_carried() -> None:
    notice = standing(a_ledger(), SETTINGS, since=NOON)

    assert notice is not None
    assert notice.title == "Soldiers in Russia: where the story stands"
    assert notice.lines == (
        "North Korean soldiers: 12,000 (Kyiv, State, 29 Oct; 3 figures so far)",
        "Russia confirms: North Korean soldiers are in Russia (State, 29 Oct)",
        "Ships brought them to Vladivostok. (3 origins, first Wire, 24 Oct)",
        "Known from 3 entries of 3 outlets, 24 Oct to 29 Oct.",
        "This is no news: what is new from now on is told as it comes.",
    )


def test_a_ledger_that_knows_nothing_has_nothing_to_tell() -> None:
    assert standing(Ledger(topic=TOPIC), SETTINGS, since=NOON) is None


def test_the_message_is_marked_as_no_news_and_goes_to_those_of_its_topic() -> None:
    notice = standing(a_ledger(), SETTINGS, since=NOON)
    assert notice is not None

    def told(**more: object) -> int:
        subscription = Subscription(channels=("file",), **more)  # type: ignore[arg-type]  # by name
        return len(notices_for(SubscriptionName("desk"), subscription, notice, now=NOON, snapshot=Snapshot(1)))

    (message,) = notices_for(SubscriptionName("desk"), Subscription(channels=("file",)), notice, now=NOON, snapshot=Snapshot(1))
    assert bulletin(message).label == "Where the story stands"
    assert (told(topics=(TOPIC,)), told(topics=("other",))) == (1, 0)


def test_it_is_one_message_for_ever_however_often_it_is_made() -> None:
    def made(since: datetime) -> str:
        notice = standing(a_ledger(), SETTINGS, since=since)
        assert notice is not None
        return notice.id

    assert made(NOON) == made(NOON)
    assert made(NOON) != made(NOON + timedelta(days=1))


def test_only_the_foremost_lines_of_each_kind_are_told() -> None:
    def a_series(n: int) -> Series:
        figures = tuple(a_figure(n, "Seoul", carried("Wire", day)) for day in range(n + 1))
        what = {"what": f"thing {n:02}", "unit": "things"}
        return Series(id=SeriesId(str(n)), figures=figures, **what)

    series = {one.id: one for one in map(a_series, range(30))}
    notice = standing(Ledger(topic=TOPIC, decided=1, series=series, propositions=a_ledger().propositions), SETTINGS, since=NOON)

    assert notice is not None
    figures = [line.split(":")[0] for line in notice.lines if line.startswith("thing")]
    assert figures == [f"thing {n}" for n in range(29, 21, -1)]


def test_of_a_topic_with_actors_their_positions_alone_are_told() -> None:
    def told(actors: dict[str, tuple[str, ...]]) -> bool:
        notice = standing(a_ledger(), SETTINGS.model_copy(update={"actors": actors}), since=NOON)
        assert notice is not None
        return any(line.startswith("Russia confirms") for line in notice.lines)

    assert told({"Russia": ("Moscow",)})
    assert not told({"South Korea": ("Seoul",)})


def test_a_figure_stands_in_its_sentence_where_that_is_known() -> None:
    ledger = a_ledger()
    (series,) = ledger.series.values()
    latest = series.figures[1]
    claim = next(iter(ledger.propositions.values())).claim
    figures = (*series.figures[:1], replace(latest, evidence=claim.evidence.key))
    notice = standing(replace(ledger, series={series.id: replace(series, figures=figures)}), SETTINGS, since=NOON)

    assert notice is not None
    assert notice.lines[0] == (
        "North Korean soldiers: 12,000 (Kyiv, State, 29 Oct; 2 figures so far: “North Korean soldiers are in Russia.”)"
    )


def test_where_nothing_was_worth_telling_some_of_it_is_told_all_the_same() -> None:
    claims = [a_proposition(f"p{n}", a_claim(f"Sentence {n}."), carried("Wire", n), told=False) for n in range(9)]
    notice = standing(Ledger(topic=TOPIC, decided=9, propositions={p.id: p for p in claims}), SETTINGS, since=NOON)

    assert notice is not None
    assert [line for line in notice.lines if line.startswith("Sentence")] == [
        "Sentence 8. (Wire, 1 Nov)",
        "Sentence 7. (Wire, 31 Oct)",
        "Sentence 6. (Wire, 30 Oct)",
    ]
