"""`monitor feedback`, `monitor ledger merge` and `split`: what people set right, made at once and taken back on request.

Whoever holds the topic's lease makes the correction: the running monitor, or this command where none runs.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from redis import Redis
from rich.console import Console
from rich.text import Text

from monitor.alerts.lines import one_line, shortened
from monitor.alerts.render import SHORT_ID
from monitor.errors import PermanentError
from monitor.feeds.identity import normalised_link
from monitor.ledger.repair import claim_at
from monitor.records import Account, Carrier, Claim, Development, Evidence, Field, Judged, Ledger, Proposition
from monitor.records.corrections import Corrected, Correction, CorrectionKind, Request
from monitor.records.ids import EntryId, RevisionId, TopicSlug, digest, normalised
from workers.adapters.kept import FOLDER, read_kept
from workers.adapters.redis import keys, ledgers
from workers.adapters.redis.accounts import RedisAccounts
from workers.adapters.redis.corrections import Lease, RedisCorrections
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.units import known_topics

SHORTEST = 4
"""Digits of an id that are enough to look for it."""
PATIENCE = 30.0
"""Seconds that a running monitor has to make a correction."""
QUOTED = 100
"""Characters of a sentence that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who corrects, when, and why."""

    name: str
    now: datetime
    why: str = ""


class Kept(msgspec.Struct, frozen=True):
    """A kept line, as far as a sentence is looked for in it."""

    entry: EntryId
    revision: RevisionId
    url: str
    title: str = ""
    summary: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What goes by a name: the claim in its topic's ledger, and its development where the name is that of one."""

    topic: TopicSlug
    ledger: Ledger
    proposition: Proposition
    development: Development | None = None

    @property
    def evidence(self) -> Evidence:
        """Where it stands."""
        return self.development.claim.evidence if self.development else self.proposition.claim.evidence

    @property
    def hanging(self) -> tuple[Development, ...]:
        """The developments that hang on the claim."""
        return tuple(one for one in self.ledger.developments.values() if one.proposition == self.proposition.id)


def judge(redis: Redis, console: Console, name: str, kind: CorrectionKind, person: Person, *, other: str | None = None) -> int:
    """Marks a development as noise, as good, or as a repeat of another. Raises PermanentError."""
    found = find(redis, name)
    if found.development is None:
        raise PermanentError(f"{name} is a claim and no development: give the id at the end of a message")
    evidence, propositions = [found.evidence], [found.proposition.id]
    if other is not None:
        original = find(redis, other)
        if original.topic != found.topic:
            raise PermanentError(f"{name} is of the topic {found.topic}, and {other} of {original.topic}: both must be of one")
        if original.evidence == found.evidence:
            raise PermanentError(f"{name} and {other} are the same")
        evidence.append(original.evidence)
        propositions.insert(0, original.proposition.id)
    correction = _correction(kind, found.topic, evidence, person)
    developments = tuple(one.id for one in found.hanging) if other is not None else ()
    make(redis, Request(correction=correction, propositions=tuple(propositions), developments=developments))
    effect = {
        CorrectionKind.REPEAT: "is filed with what it repeats: {second}",
        CorrectionKind.NOISE: "is noise; nothing that says the same is told from now on",
        CorrectionKind.GOOD: "is marked as right",
    }[kind]
    _say(console, correction, effect)
    return 0


def missed(redis: Redis, console: Console, name: str, sentence: str, person: Person, kept: Iterator[Evidence]) -> int:
    """Tells what an entry said and no alert came of. kept: where the sentence stands in the entry as it was kept, if anywhere.

    Raises PermanentError where the entry is not known, or does not say it.
    """
    accounts = list(_accounts(redis, name)) or list(_accounts(redis, _entry_of(redis, name)))
    if not accounts:
        raise PermanentError(f"no topic has read an entry {name}: give its address or id as `monitor held` or `explain` shows it")
    said = [(account, one) for account in accounts for one in account.judged if _holds(one.evidence.text, sentence)]
    told = next((one for _, one in said if one.development and one.kind in _NEWS), None)
    if told is not None:
        raise PermanentError(
            f"it was told or waits for its time, as {str(told.development)[:SHORT_ID]}: "
            f"`monitor explain {str(told.development)[:SHORT_ID]}` says which"
        )
    account, one = said[0] if said else (accounts[-1], None)
    evidence = one.evidence if one else next((where for where in kept if _holds(where.text, sentence)), None)
    if evidence is None:
        raise PermanentError("the entry does not hold this sentence, as far as it was kept; give it word for word")
    proposition = _proposition_of(redis, account.topic, one)
    correction = _correction(CorrectionKind.MISSED, account.topic, [evidence], person)
    make(
        redis,
        Request(
            correction=correction,
            propositions=(proposition.id,) if proposition else (),
            claim=_claim(account.topic, evidence, one, proposition),
            carrier=account.carrier,
            number=account.number,
            snapshot=account.snapshot,
        ),
    )
    _say(console, correction, "is told now")
    return 0


def merge(redis: Redis, console: Console, one: str, other: str, person: Person) -> int:
    """Makes one claim of two: what `other` says is filed with `one`. Raises PermanentError."""
    kept, gone = find(redis, one), find(redis, other)
    if kept.topic != gone.topic:
        raise PermanentError(f"{one} is of the topic {kept.topic}, and {other} of {gone.topic}: both must be of one")
    if kept.proposition.id == gone.proposition.id:
        raise PermanentError("they are one claim already")
    correction = _correction(
        CorrectionKind.MERGE, kept.topic, [gone.proposition.claim.evidence, kept.proposition.claim.evidence], person
    )
    developments = tuple(one.id for one in gone.hanging)
    make(
        redis, Request(correction=correction, propositions=(kept.proposition.id, gone.proposition.id), developments=developments)
    )
    _say(console, correction, "is filed with {second}")
    return 0


def split(redis: Redis, console: Console, name: str, entry: str, person: Person) -> int:
    """Makes two claims of one: what the entry says becomes a claim of its own. Raises PermanentError."""
    found = find(redis, name)
    accounts = [one for one in _accounts(redis, entry) if one.topic == found.topic]
    said = [(a, one) for a in accounts for one in a.judged if one.proposition == found.proposition.id]
    if not said:
        raise PermanentError(f"{entry} does not carry this claim; `monitor explain {entry}` says what became of it")
    account, one = min(said, key=lambda pair: pair[1].evidence.field is Field.TITLE)  # headlines say the least
    correction = _correction(CorrectionKind.SPLIT, found.topic, [one.evidence, found.proposition.claim.evidence], person)
    make(
        redis,
        Request(
            correction=correction,
            propositions=(found.proposition.id,),
            claim=_claim(found.topic, one.evidence, one, found.proposition),
            carrier=account.carrier,
        ),
    )
    _say(console, correction, "is a claim of its own, no longer filed with {second}")
    return 0


def undo(redis: Redis, console: Console, name: str, *, now: datetime) -> int:
    """Takes a correction back. Raises PermanentError where there is none of that id, or it is taken back already."""
    found = [
        one for topic in known_topics(redis) for one in RedisCorrections(redis).all(topic) if one.correction.id.startswith(name)
    ]
    if len(found) != 1 or len(name) < SHORTEST:
        raise PermanentError(f"{len(found) or 'no'} corrections begin with {name}: give an id as `monitor corrections` shows it")
    corrected = found[0]
    if corrected.undone or corrected.failed:
        raise PermanentError("it was taken back before" if corrected.undone else "it was never made")
    done = make(redis, Request(correction=corrected.correction, undo=corrected.correction.id), now=now)
    console.print(Text(f"Taken back: {told(done)}"), soft_wrap=True)
    return 0


def list_all(redis: Redis, console: Console) -> int:
    """One line for each correction, in the order in which they were made."""
    found = [one for topic in known_topics(redis) for one in RedisCorrections(redis).all(topic)]
    for one in sorted(found, key=lambda one: (one.correction.at, one.correction.id)):
        console.print(Text(told(one)), soft_wrap=True)
    if not found:
        console.print("Nothing was corrected. `monitor feedback --help` says how to.")
    return 0


def kept_evidence(folder: Path | None, name: str, sentence: str) -> Iterator[Evidence]:
    """Where a sentence stands in the kept revisions of an entry, word for word, the latest first."""
    if folder is None or not (folder / FOLDER).is_dir():
        return
    link = normalised_link(name) if "." in name else None
    lines = [msgspec.json.decode(line, type=Kept) for line in read_kept(folder)]
    for line in reversed([one for one in lines if one.entry.startswith(name) or (link and normalised_link(one.url) == link)]):
        for where, text in ((Field.TITLE, line.title), (Field.SUMMARY, line.summary), (Field.CONTENT, line.content)):
            if (start := text.casefold().find(sentence.strip().casefold())) >= 0:
                end = start + len(sentence.strip())
                yield Evidence(entry=line.entry, revision=line.revision, field=where, start=start, end=end, text=text[start:end])


def make(redis: Redis, request: Request, *, now: datetime | None = None) -> Corrected:
    """Has the correction made, and waits for it. Raises PermanentError where it cannot be made or nobody makes it."""
    store, topic = RedisCorrections(redis), request.correction.topic
    store.ask(request)
    leases = Leases(redis, f"corrections-{request.correction.id}-{time.monotonic_ns()}")
    lease, epoch_key = keys.topic(topic, "lease:decide"), keys.topic(topic, "epoch:decide")
    deadline = time.monotonic() + PATIENCE
    while True:
        done = store.find(topic, request.correction.id)
        if done is not None and (request.undo is None or done.undone is not None):
            break
        if epoch := leases.acquire(lease, epoch_key):  # no monitor decides this topic
            store.work(topic, Lease(leases.owner, epoch), now or request.correction.at)
            leases.release(lease)
            continue
        if time.monotonic() > deadline:
            raise PermanentError(f"the monitor has not made it in {PATIENCE:.0f} s; it is made when the monitor is less busy")
        time.sleep(0.05)
    if done.failed is not None:
        raise PermanentError(f"it cannot be corrected: {done.failed}")
    return done


def find(redis: Redis, name: str) -> Found:
    """The claim that goes by a name: the id of a development or a claim, or its beginning. Raises PermanentError."""
    if len(name) < SHORTEST:
        raise PermanentError(f"{name} is too short: give {SHORTEST} digits of an id or more")
    found: list[Found] = []
    for topic in known_topics(redis):
        ledger = ledgers.load(redis, topic)
        for development in ledger.developments.values():
            if development.id.startswith(name) and development.proposition in ledger.propositions:
                proposition = ledger.propositions[development.proposition]
                found.append(Found(topic=topic, ledger=ledger, proposition=proposition, development=development))
        found += [
            Found(topic=topic, ledger=ledger, proposition=one) for one in ledger.propositions.values() if one.id.startswith(name)
        ]
    if not found:
        raise PermanentError(f"nothing is called {name}: give the id at the end of a message, or one that `monitor ledger` shows")
    if len(found) > 1:
        raise PermanentError(f"{len(found)} ids begin with {name}; give more of it")
    return found[0]


def told(corrected: Corrected) -> str:
    """A correction in one line."""
    one = corrected.correction
    first = f"“{shortened(one_line(one.evidence[0].text), QUOTED)}”"
    second = f", with “{shortened(one_line(one.evidence[1].text), QUOTED)}”" if len(one.evidence) > 1 else ""
    state = " (taken back)" if corrected.undone else f" (not made: {corrected.failed})" if corrected.failed else ""
    why = f": {one.why}" if one.why else ""
    return f"{one.id[:SHORT_ID]}  {one.kind}  {one.topic}  {first}{second}  {one.by}, {one.at:%d %b %Y %H:%M}{why}{state}"


_NEWS = frozenset({"new_claim", "new_number", "number_changed", "position_change", "unread"})


def _correction(kind: CorrectionKind, topic: TopicSlug, evidence: Sequence[Evidence], person: Person) -> Correction:
    name = digest("correction", kind, topic, *(one.key for one in evidence), person.now.isoformat())
    return Correction(id=name, kind=kind, topic=topic, evidence=tuple(evidence), at=person.now, by=person.name, why=person.why)


def _say(console: Console, correction: Correction, effect: str) -> None:
    quoted = [f"“{shortened(one_line(one.text), QUOTED)}”" for one in correction.evidence]
    effect = effect.format(second=quoted[-1])
    console.print(Text(f"{quoted[0]} {effect}."), soft_wrap=True)
    console.print(Text(f"To take it back: monitor corrections --undo {correction.id[:SHORT_ID]}"), soft_wrap=True)


def _holds(text: str, sentence: str) -> bool:
    one, other = normalised(text).rstrip("."), normalised(sentence).rstrip(".")
    return bool(other) and (other in one or one in other)


def _accounts(redis: Redis, name: str) -> Iterator[Account]:
    """What became of the entry of that id or address."""
    link = normalised_link(name) if "." in name else None
    for topic in known_topics(redis):
        for account in RedisAccounts(redis).of_topic(topic):
            carrier: Carrier = account.carrier
            if (link and normalised_link(carrier.url) == link) or (len(name) >= SHORTEST and carrier.entry.startswith(name)):
                yield account


def _entry_of(redis: Redis, name: str) -> str:
    """The id of the entry that brought the development of that name; the name itself where it is that of none."""
    for topic in known_topics(redis):
        for one in ledgers.load(redis, topic).developments.values():
            if len(name) >= SHORTEST and one.id.startswith(name):
                return one.carrier.entry
    return name


def _proposition_of(redis: Redis, topic: TopicSlug, said: Judged | None) -> Proposition | None:
    return ledgers.load(redis, topic).propositions.get(said.proposition) if said and said.proposition else None


def _claim(topic: TopicSlug, evidence: Evidence, said: Judged | None, proposition: Proposition | None) -> Claim:
    if proposition is not None and proposition.claim.evidence.key == evidence.key:
        return proposition.claim
    wordings = proposition.wordings if proposition else ()
    return claim_at(topic, evidence, said, next((one for one in wordings if one.key == evidence.key), None))
