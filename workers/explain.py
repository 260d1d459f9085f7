"""`monitor explain`: why a development was told, and why an entry gave no alert, stage by stage."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from redis import Redis
from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.alerts.explained import Section, account_sections, receipt_sections
from monitor.alerts.held import of_stop
from monitor.alerts.lines import moment, one_line
from monitor.alerts.render import LABELS, SHORT_ID
from monitor.errors import PermanentError
from monitor.feeds.identity import Remembered, normalised_link
from monitor.records import Account, Development, Event, Message, Series
from monitor.records.held import Stop
from monitor.records.ids import ChannelName, FeedId, SubscriptionName, TopicSlug, digest
from monitor.settings import Config
from monitor.text.clean import document_of
from monitor.topics.why import why_not
from workers.adapters.redis.accounts import RedisAccounts
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.developments import RedisDevelopments
from workers.adapters.redis.feeds import RedisFeedStates
from workers.adapters.redis.stops import RedisStops
from workers.adapters.redis.subscriptions import RedisSubscriptions
from workers.adapters.redis.units import known_topics
from workers.replay import Line, entry_of, read_line

SHORTEST = 4
"""Digits of an id that are enough to look for it."""
LABEL = 16
"""Columns of the labels."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A development with what stands around it: its series, and what each subscription did with it."""

    development: Development
    series: Series | None
    subscriptions: tuple[str, ...]


Kept = Callable[[], Iterator[bytes]]
"""The kept entries, one JSON line each, those seen first first."""


def explain(redis: Redis, console: Console, name: str, *, kept: Kept = lambda: iter(()), as_json: bool = False) -> int:
    """Says why. name: the id of a development, an entry, a proposition or a series, or its beginning; or an entry's address.
    kept: entries among which one is looked for that no topic has an account of.

    Raises PermanentError where nothing goes by that name, or several developments do.
    """
    search = _Search(redis)
    found = list(search.developments(name))
    if len(found) > 1 and len({one.development.id for one in found}) > 1 and not search.is_story(name, found):
        names = "\n".join(f"  {one.development.id}  {_head(one)}" for one in found)
        raise PermanentError(f"{len(found)} developments begin with {name}; give more of the id:\n{names}")
    accounts = [] if found else search.accounts(name)
    if as_json:
        data = [_plain_receipt(one) for one in found] or [_plain_account(one) for one in accounts]
        if not data:
            head, sections = search.elsewhere(name, kept)
            data = [{"entry": head.plain, "topics": {section.label: list(section.lines) for section in sections}}]
        print(json.dumps(data, ensure_ascii=False, indent=1))
        return 0
    for number, told in enumerate(found):
        _print(console, Text.assemble(("Development ", "bold"), (told.development.id, "bold")), _receipt(told), first=not number)
    if found:
        return 0
    for number, account in enumerate(accounts):
        _print(console, _entry_head(account), account_sections(account), first=not number)
    if not accounts:
        head, sections = search.elsewhere(name, kept)
        _print(console, head, sections, first=True)
    return 0


class _Search:
    """Looks a name up in all that is kept."""

    def __init__(self, redis: Redis) -> None:
        self._developments = RedisDevelopments(redis)
        self._accounts = RedisAccounts(redis)
        self._feeds = RedisFeedStates(redis)
        self._people = RedisSubscriptions(redis)
        self._stops = RedisStops(redis)
        configurations = RedisConfigurations(redis)
        current = configurations.current()
        self._config: Config | None = configurations.load(current) if current else None
        self._topics = known_topics(redis)

    def developments(self, name: str) -> Iterator[Told]:
        """Developments whose own id begins so; else those of the proposition or series whose id does."""
        for topic in self._topics if _is_id(name) else ():
            for development in self._developments.beginning(topic, name):
                series = self._developments.series(topic, development.series) if development.series else None
                yield Told(development=development, series=series, subscriptions=tuple(self._tellings(development)))

    def is_story(self, name: str, found: Sequence[Told]) -> bool:
        """Whether the name is that of a proposition or series, so that its developments are shown one after another."""
        return not any(one.development.id.startswith(name) for one in found)

    def accounts(self, name: str) -> list[Account]:
        """What became of the entry in each topic, oldest revision first; else of those that carry the claim or series."""
        of_entry: list[Account] = []
        of_claim: list[Account] = []
        for topic in self._topics:
            for account in self._accounts.of_topic(topic):
                carrier = account.carrier
                if _is_of(name, carrier.entry, carrier.url) or (_is_id(name) and carrier.revision.startswith(name)):
                    of_entry.append(account)
                elif _is_id(name) and any(
                    (one.proposition or "").startswith(name) or (one.series or "").startswith(name) for one in account.judged
                ):
                    of_claim.append(account)
        return sorted(of_entry or of_claim, key=lambda one: (one.carrier.entry, one.topic, one.number))

    def elsewhere(self, name: str, kept: Kept) -> tuple[Text, list[Section]]:
        """What is known of an entry that no topic has an account of. Raises PermanentError where that is nothing."""
        for topic in self._topics:
            for work, number in self._accounts.waiting(topic).items():
                if _is_id(name) and work.startswith(name):
                    return Text(f"It is number {number} of topic {topic}, and waits to be read and judged."), []
        stops = [
            stop for topic in self._topics for stop, _ in self._stops.since(topic, _EPOCH) if _is_of(name, stop.entry, stop.url)
        ]
        line = _kept_line(kept, name)
        if line is None and not stops:
            return Text(self._in_feeds(name)), []
        sections = [_stopped(stop) for stop in stops]
        if line is not None and self._config:
            stopped = {stop.topic for stop in stops}
            document = document_of(entry_of(line))
            for slug, settings in self._config.topics.items():
                if slug not in stopped:
                    sections.append(Section(label=slug, lines=(why_not(document, TopicSlug(slug), settings),)))
        title = (
            f"“{one_line(line.title)}”\n{one_line(line.outlet)}, {moment(line.published)}"
            if line
            else one_line(stops[0].sentence)
        )
        return Text(f"Entry {title}\nNo topic took it up.", "bold"), sections

    def _in_feeds(self, name: str) -> str:
        if "." in name and self._config:
            key = "l" + digest(normalised_link(name))
            for feed in self._config.feeds:
                if value := self._feeds.known(FeedId(feed), [key]).get(key):
                    day = _EPOCH + timedelta(days=Remembered.of(value).day)
                    return (
                        f"Feed {feed} brought it (last seen in the feed on {day:%d %b %Y}), and no topic has an account of it: "
                        "none of their words were found in it, or accounts do not go back so far."
                    )
        raise PermanentError(self.nothing(name))

    def nothing(self, name: str) -> str:
        """What to do where nothing goes by the name."""
        return (
            f"nothing is called {name}: give the id at the end of a message ({SHORTEST} digits or more), the id of an entry, "
            "or an entry's address as its feed gives it"
        )

    def title(self, topic: TopicSlug) -> str:
        """The topic's title."""
        settings = self._config.topics.get(topic) if self._config else None
        return settings.title if settings else topic

    def _tellings(self, development: Development) -> Iterator[str]:
        for name in self._config.subscriptions if self._config else ():
            told, held = self._people.standing(SubscriptionName(name), development.id)
            if told:
                yield f"{name}: told {moment(told)}"
            elif held:
                yield f"{name}: held back by {held}"
            else:
                yield f"{name}: not told"


def _is_of(name: str, entry: str, url: str) -> bool:
    """Whether the name is that of the entry: its id, or its address however it is written."""
    if _is_id(name):
        return entry.startswith(name)
    return "." in name and normalised_link(url) == normalised_link(name)


def _kept_line(kept: Kept, name: str) -> Line | None:
    """The latest revision of the entry among those kept."""
    last = normalised_link(name).rstrip("/").rpartition("/")[2].encode()  # most lines need not be parsed
    found = None
    for raw in kept():
        if last in raw:
            line = read_line(raw, "kept entries")
            if _is_of(name, line.entry or "", line.url):
                found = line
    return found


def _stopped(stop: Stop) -> Section:
    held = of_stop(stop, _EPOCH)
    return Section(label=stop.topic, lines=(f"holds {one_line(stop.by)}, but {held.why}", f"“{one_line(stop.sentence)}”"))


def _is_id(name: str) -> bool:
    return len(name) >= SHORTEST and all(digit in "0123456789abcdef" for digit in name)


def _head(told: Told) -> str:
    development = told.development
    return f"{LABELS.get(development.kind, str(development.kind))}: {one_line(development.claim.proposition)}"


def _receipt(told: Told) -> list[Section]:
    development, series = told.development, told.series
    message = Message(
        key="",
        subscription=SubscriptionName(""),
        channel=ChannelName(""),
        snapshot=development.snapshot,
        told=development.carrier.seen,
        event=Event(
            development=development,
            cause=development.kind,
            carrier=development.carrier,
            counted=series.what or None if series else None,
        ),
    )
    sections = receipt_sections(development, message, series)
    return [*sections, Section(label="Told", lines=told.subscriptions)] if told.subscriptions else sections


def _entry_head(account: Account) -> Text:
    carrier = account.carrier
    return Text.assemble(
        ("Entry ", "bold"),
        (f"{carrier.entry[:SHORT_ID]} ", "bold"),
        (f"“{one_line(carrier.title)}”", "bold"),
        (f"\n{one_line(carrier.outlet)}, {moment(carrier.published)}, topic {account.topic}, number {account.number}", "dim"),
    )


def _print(console: Console, head: Text, sections: Sequence[Section], *, first: bool) -> None:
    if not first:
        console.print()
    console.print(head)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=LABEL, no_wrap=True)
    table.add_column(overflow="fold")
    for section in sections:
        table.add_row(Text(section.label, "bold cyan"), Text("\n").join(Text(line) for line in section.lines))
    console.print(table)


def _plain_receipt(told: Told) -> dict[str, object]:
    development = told.development
    return {
        "development": development.id,
        "topic": development.topic,
        "kind": str(development.kind),
        **{section.label.lower().replace(" ", "_"): list(section.lines) for section in _receipt(told)},
        "evidence": development.claim.evidence.key,
        "proposition": development.proposition,
        "series": development.series,
        "rule_name": str(development.rule),
        "url": development.carrier.url,
    }


def _plain_account(account: Account) -> dict[str, object]:
    carrier = account.carrier
    return {
        "entry": carrier.entry,
        "revision": carrier.revision,
        "topic": account.topic,
        "number": account.number,
        "url": carrier.url,
        "title": carrier.title,
        "outlet": carrier.outlet,
        "published": carrier.published.isoformat(),
        "found": list(account.found),
        "failed": account.failed,
        "relevance": account.relevance,
        "copy_of": account.copy.number if account.copy else None,
        "carries": sorted({one.proposition for one in account.carried}),
        "verdicts": [
            {
                "kind": str(one.kind),
                "evidence": one.evidence.text,
                "field": str(one.evidence.field),
                "speaker": one.speaker,
                "org": one.org,
                "stance": str(one.stance),
                "reason": one.reason,
                "rule": str(one.rule),
                "confidence": round(one.confidence, 2),
                "proposition": one.proposition,
                "series": one.series,
                "development": one.development,
            }
            for one in account.judged
        ],
    }
