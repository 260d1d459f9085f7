"""monitor explain and monitor ledger: what they say of a story that went through reading and decision."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO

import pytest
from redis import Redis
from rich.console import Console

from monitor.errors import PermanentError
from monitor.feeds.identity import Remembered, normalised_link
from monitor.ledger.decide import decide
from monitor.records import ALERT_KINDS
from monitor.records.codec import encode
from monitor.records.feeds import FeedState
from monitor.records.held import Stage, Stop
from monitor.records.ids import DevelopmentId, EntryId, FeedId, RevisionId, SubscriptionName, TopicSlug, digest
from monitor.settings import Config
from tests.records import NOON, a_development
from tests.stories import CONFIG, line, run
from workers import ledger_shown
from workers.adapters.kept import line_of
from workers.adapters.redis import keys
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.decisions import RedisDecisions
from workers.adapters.redis.feeds import RedisFeedStates
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.stops import RedisStops
from workers.explain import explain
from workers.ledger_shown import show
from workers.recall import Recall, judged
from workers.replay import entry_of

TOPIC = TopicSlug("harbour-strike")
FIRST = "At least 100 dockers were injured in the port of Marrow when police broke up the strike, officials said on Monday."
SECOND = "At least 130 dockers were injured in the port of Marrow when police broke up the strike, officials said on Monday."
DENIAL = "The Port Authority denied on Monday that it was holding talks with the dockers on an end of the strike in Marrow."
ADMISSION = (
    "The Port Authority confirmed on Thursday that it was holding talks with the dockers on an end of the strike in Marrow."
)
MONEY = "Ostland will spend 40 million euros on new cranes for the port of Marrow by June, Finance Minister Ida Holm promised."
STORY = [
    line("e0", "Dockers injured in Marrow", FIRST),
    line("e1", "Dockers injured in Marrow", FIRST, hours=1, feed="echo"),
    line("e2", "Toll rises in Marrow", SECOND, hours=2, feed="courier"),
    line("e3", "Talks in Marrow", DENIAL, hours=3),
    line("e4", "Talks in Marrow", ADMISSION, hours=72, feed="courier"),
    line("e5", "Ostland to pay for cranes", MONEY, hours=90, feed="courier"),
]


@pytest.fixture
def store(real_redis: Redis) -> Redis:
    """The story's ledger, committed batch by batch as the decide role does."""
    plain = CONFIG.model_dump(mode="json", exclude_unset=True)
    more = {
        "feeds": {"wire": {"url": "https://wire.example/feed"}},
        "channels": {"log": {"type": "file", "path": "log"}},
        "subscriptions": {"desk": {"topics": "all", "channels": ["log"], "min_origins": 2}},
    }
    RedisConfigurations(real_redis).store(Config.from_plain({**plain, **more}))
    decisions = RedisDecisions(real_redis, Leases(real_redis, "test"))
    real_redis.sadd(keys.TOPICS, TOPIC)
    epoch = decisions.acquire(TOPIC)
    recall = Recall(decisions, TOPIC)
    for batch, _ in run(STORY):
        changes, keeping = judged(batch.answers, recall, CONFIG, decide)
        decisions.commit(changes, keeping, epoch=epoch)
        recall.follow(changes, keeping)
    return real_redis


def said(store: Redis, name: str, *, as_json: bool = False, width: int = 80, kept: Sequence[bytes] = ()) -> str:
    text = StringIO()
    explain(store, Console(file=text, width=width), name, kept=lambda: iter(kept), as_json=as_json)
    return " ".join(text.getvalue().split())


def ids(kind: str) -> list[str]:
    return [one.id for _, changes in run(STORY) for one in changes.developments if one.kind == kind and one.version == 1]


def test_a_development_is_explained_by_its_receipt(store: Redis) -> None:
    text = said(store, ids("number_changed")[0][:8])

    assert "at least 100 -> at least 130" in text
    assert f"“{SECOND}”" in text
    assert "Before at least 100 dockers" in text or "Before At least 100" in text
    assert "a copy of a sentence with a figure outside all those given before is a changed number" in text
    assert "Confidence 0." in text
    assert "desk: not told" in text


def test_a_receipt_names_the_carriers_that_count_as_one_and_why(store: Redis) -> None:
    text = said(store, ids("new_number")[0])

    assert "1 independent voice, 2 carriers" in text
    assert "+ echo, 24 Oct 2024, 13:00 UTC; not counted: says it in the same words as wire" in text


def test_a_change_of_position_names_both_ends(store: Redis) -> None:
    text = said(store, ids("position_change")[0][:8])

    assert "denies -> confirms" in text
    assert "a party that moves to another camp on the same matter changes its position" in text


def test_an_entry_that_gave_no_alert_is_explained_stage_by_stage(store: Redis) -> None:
    text = said(store, "https://wire.example/e3?utm_source=rss")

    assert "topic harbour-strike, number 4" in text
    assert "Matched by" in text and "strike" in text
    assert "none of them new" in text
    assert "likely the same" in text


def test_a_copy_is_said_to_be_one_and_of_what(store: Redis) -> None:
    text = said(store, "https://echo.example/e1")

    assert "Copy repeats “Dockers injured in Marrow” (wire, 24 Oct 2024, 12:00 UTC), number 1" in text
    assert "and says nothing else, so that it was not read again" in text
    assert "recorded as a carrier of 1 claim" in text


def test_an_entry_is_found_by_its_id_too(store: Redis) -> None:
    entry = run(STORY)[0][0].answers[0].carrier.entry

    assert "Dockers injured in Marrow" in said(store, entry[:8])


def test_an_entry_that_a_feed_brought_and_no_topic_wanted_is_said_to_be_so(store: Redis) -> None:
    link = "https://wire.example/gardening"
    remembered = str(Remembered("aa" * 10, "bb" * 10, 20_020))  # type: ignore[arg-type]  # any ids
    RedisFeedStates(store).commit(FeedState(feed=FeedId("wire"), polls=1), {"l" + digest(normalised_link(link)): remembered})

    assert "Feed wire brought it (last seen in the feed on 24 Oct 2024)" in said(store, link)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Roses bloom in Ostland.", "none of its 7 keywords stands in it; it names Government of Ostland, but actors alone"),
        ("Roses bloom.", "harbour-strike none of its 7 keywords stands in it"),
        ("Dockers grow roses.", "matches by dockers under the configuration in force"),
    ],
)
def test_a_kept_entry_that_no_topic_wanted_is_said_to_lack_what_was_looked_for(store: Redis, text: str, why: str) -> None:
    entry = entry_of(line("g", "Gardening", text, url="https://wire.example/gardening"))

    for name in (entry.url, entry.id[:8]):
        shown = said(store, name, kept=[line_of(entry)])
        assert "Entry “Gardening” wire, 24 Oct 2024, 12:00 UTC No topic took it up." in shown
        assert why in shown


def test_what_an_excluded_phrase_stopped_is_said_to_be_so(store: Redis) -> None:
    stop = Stop(
        topic=TOPIC,
        stage=Stage.EXCLUSION,
        entry=EntryId("ab" * 10),
        revision=RevisionId("cd" * 10),
        outlet="wire",
        url="https://wire.example/film",
        sentence="A film about the strike opens.",
        by="strike",
        why="film",
    )
    RedisStops(store).note(TOPIC, [stop], NOON)

    assert "harbour-strike holds strike, but the sentence holds “film”" in said(store, "https://wire.example/film")


def test_an_entry_that_waits_is_said_to_wait(store: Redis) -> None:
    store.zadd(keys.topic(TOPIC, "works"), {f"{'ab' * 10}:{'cd' * 10}": 9})

    assert said(store, "abababab") == "It is number 9 of topic harbour-strike, and waits to be read and judged."


@pytest.mark.parametrize("name", ["ffffffff", "https://nowhere.example/x", "abc"])
def test_a_name_that_nothing_has_is_refused_with_what_to_give(store: Redis, name: str) -> None:
    with pytest.raises(PermanentError, match=f"nothing is called {name}: give the id at the end of a message"):
        said(store, name)


def test_a_receipt_for_programs_is_json(store: Redis, capsys: pytest.CaptureFixture[str]) -> None:
    said(store, ids("number_changed")[0], as_json=True)

    (receipt,) = json.loads(capsys.readouterr().out)
    assert (receipt["kind"], receipt["rule_name"]) == ("number_changed", "figure_in_copy")


def test_when_and_why_a_subscription_was_told_or_not_is_said(store: Redis) -> None:
    first, second = ids("new_number")[0], ids("number_changed")[0]
    store.hset(keys.subscription(SubscriptionName("desk"), "told"), first, "1 2024-10-24T12:00:00+00:00")
    store.hset(keys.subscription(SubscriptionName("desk"), "held"), second, "min_origins")

    assert "desk: told 24 Oct 2024, 12:00 UTC" in said(store, first)
    assert "desk: held back by min_origins" in said(store, second)


def shown(store: Redis, topic: str | None = TOPIC, *, limit: int = 20, everything: bool = False, as_json: bool = False) -> str:
    text = StringIO()
    show(store, Console(file=text, width=80), topic, limit=limit, everything=everything, as_json=as_json)
    return text.getvalue()


def test_a_ledger_shows_figures_with_a_plot_positions_and_claims(store: Redis) -> None:
    lines = shown(store).splitlines()

    assert max(map(len, lines)) <= 80
    figures = [text for text in lines if "█" in text]
    assert "at least 130" in figures[0] and "at least 100" in figures[1], "most recent first"
    assert figures[0].count("█") > figures[1].count("█")
    assert any("denies" in text and "->" in text for text in lines)
    assert {"FIGURES", "POSITIONS", "CLAIMS"} <= set(lines)


def test_without_a_topic_there_is_one_line_for_each(store: Redis) -> None:
    assert shown(store, None).startswith("harbour-strike")


def test_of_a_large_ledger_what_was_carried_last_is_looked_at(store: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = shown(store, everything=True, limit=0)
    monkeypatch.setattr(ledger_shown, "LATEST", 2)

    part = shown(store, everything=True)

    assert "Of these the 2 carried last are looked at; --limit 0 reads all." in " ".join(part.split())
    assert "40 million" in part and "100" not in part.partition("judged")[2], "the newest entry's, and not the oldest one's"
    assert shown(store, everything=True, limit=0) == whole


def test_a_ledger_for_programs_is_the_whole_of_it(store: Redis, capsys: pytest.CaptureFixture[str]) -> None:
    shown(store, as_json=True)

    ledger = json.loads(capsys.readouterr().out)
    told = [
        one["id"] for _, changes in run(STORY) for one in json.loads(json.dumps([{"id": d.id} for d in changes.developments]))
    ]
    assert set(ledger["developments"]) == set(told)
    assert ledger["decided"] == 6


def test_what_is_left_out_is_said(store: Redis) -> None:
    assert "and 1 more: --limit 2 shows all" in shown(store, limit=1, everything=True)


def test_a_topic_that_is_none_is_refused_with_those_there_are(store: Redis) -> None:
    with pytest.raises(PermanentError, match="there is no topic harbor; topics are: harbour-strike"):
        shown(store, "harbor")


def test_every_entry_has_an_account_of_every_claim() -> None:
    for batch, changes in run(STORY):
        assert [account.number for account in changes.accounts] == [answer.number for answer in batch.answers]
        assert sum(len(account.judged) for account in changes.accounts) == len(changes.verdicts)
        told = [one.development for account in changes.accounts for one in account.judged if one.kind in ALERT_KINDS]
        assert set(told) == {event.development.id for event in changes.events if event.cause in ALERT_KINDS}


def test_the_id_of_a_series_or_claim_shows_all_its_developments_in_order(store: Redis) -> None:
    first, second = ids("new_number")[0], ids("number_changed")[0]
    series = next(one.series for _, changes in run(STORY) for one in changes.developments if one.id == second)
    assert series is not None

    text = said(store, series[:10])

    assert text.index(f"Development {first}") < text.index(f"Development {second}")
    assert "Series" in text


def test_the_id_of_a_claim_that_was_filed_and_not_told_shows_who_carries_it(store: Redis) -> None:
    told = {one.proposition for _, changes in run(STORY) for one in changes.developments}
    untold = next(one.id for _, changes in run(STORY) for one in changes.propositions if one.id not in told)

    assert ("Entry" in said(store, untold[:12]) and "not new" in said(store, untold[:12])) or "none of them new" in said(
        store, untold
    )


def test_an_id_that_begins_several_is_refused_with_all_of_them(store: Redis) -> None:
    for name in ("abcd0000000000000001", "abcd0000000000000002"):
        development = a_development(name=name)
        store.hset(keys.topic(TOPIC, "developments"), name, encode(replace(development, id=DevelopmentId(name))))

    with pytest.raises(
        PermanentError, match=r"2 developments begin with abcd; give more of the id:\n  abcd0000000000000001  New claim"
    ):
        said(store, "abcd")


def test_an_account_for_programs_is_json(store: Redis, capsys: pytest.CaptureFixture[str]) -> None:
    said(store, "https://echo.example/e1", as_json=True)

    (account,) = json.loads(capsys.readouterr().out)
    assert (account["topic"], account["number"], account["copy_of"], account["verdicts"]) == (TOPIC, 2, 1, [])
    assert account["carries"]


def test_what_no_topic_took_up_is_json_too(store: Redis, capsys: pytest.CaptureFixture[str]) -> None:
    entry = entry_of(line("g", "Gardening", "Roses bloom.", url="https://wire.example/gardening"))

    said(store, entry.url, as_json=True, kept=[line_of(entry)])

    (found,) = json.loads(capsys.readouterr().out)
    assert found["topics"] == {TOPIC: ["none of its 7 keywords stands in it"]}
