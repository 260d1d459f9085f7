"""What was held back, for people: which stage stopped a sentence, and which setting would have let it through.

The nearest to being told come first: what waits for its time, then what a subscription's condition holds, then what the judge
gave too little, each by how sure the monitor was; repeats, background, exclusions and languages follow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from monitor.alerts.lines import moment, one_line
from monitor.alerts.pace import Due, Why
from monitor.records import Account, Development, Judged, Rule, VerdictKind
from monitor.records.held import Held, Stage, Stop
from monitor.settings import BOUNDS

WAITS: Mapping[Why, Stage] = {
    Why.DIGEST: Stage.DIGEST,
    Why.QUIET: Stage.QUIET_HOURS,
    Why.RATE: Stage.RATE_LIMIT,
    Why.SNOOZED: Stage.MUTE,
    Why.BURST: Stage.RATE_LIMIT,
    Why.LATE: Stage.LATE,
}
"""The stage of what holds an alert for a time; of what is not listed, sensitivity."""
VERDICTS: Mapping[VerdictKind, Stage] = {
    VerdictKind.CORROBORATION: Stage.REPEAT,
    VerdictKind.REPEAT: Stage.REPEAT,
    VerdictKind.BACKGROUND: Stage.BACKGROUND,
    VerdictKind.MINOR: Stage.SENSITIVITY,
}
NAMES: Mapping[Stage, tuple[str, str]] = {
    Stage.EXCLUSION: ("excluded", "excluded"),
    Stage.LANGUAGE: ("in another language", "in other languages"),
    Stage.RELEVANCE: ("not about the topic", "not about the topic"),
    Stage.BACKGROUND: ("piece of background", "pieces of background"),
    Stage.REPEAT: ("repeat", "repeats"),
    Stage.SENSITIVITY: ("sentence of too little weight", "sentences of too little weight"),
    Stage.CONDITION: ("not asked for by a condition", "not asked for by conditions"),
    Stage.LATE: ("late", "late"),
    Stage.MUTE: ("snoozed", "snoozed"),
    Stage.RATE_LIMIT: ("over the rate limit", "over the rate limit"),
    Stage.QUIET_HOURS: ("in quiet hours", "in quiet hours"),
    Stage.DIGEST: ("waiting for a digest", "waiting for a digest"),
}
"""How people call what a stage stopped: one, many."""
CONDITION, MINOR, RELEVANCE, BACKGROUND, REPEAT, BARRED, FOREIGN = 0.8, 0.75, 0.5, 0.4, 0.3, 0.1, 0.05
"""The closeness at most of what each stage stopped; within it by how sure the monitor was. What waits has 1."""


def of_account(account: Account) -> Iterator[Held]:
    """What analysis and judgement stopped of an entry, claim by claim. What became known silently was held back by nobody."""
    if account.carrier.silent:
        return
    if account.relevance is not None and not account.judged:
        yield _held(
            account, Stage.RELEVANCE, "", RELEVANCE * account.relevance, _relevance(account), f"topics.{account.topic}.relevance"
        )
    if account.relevance is None and not account.judged and account.copy is None and account.failed is None:
        yield _held(account, Stage.RELEVANCE, "", 0.0, "nothing in it is read as a claim about the topic", "none")
    for carried in account.carried:
        original = account.original.outlet if account.original else "an earlier entry"
        yield _held(account, Stage.REPEAT, carried.text, 0.0, f"in the words of {original}", "none: it is known")
    for judged in account.judged:
        stage = VERDICTS.get(judged.kind)
        if stage is not None:
            setting, closeness = _of_verdict(account, judged, stage)
            yield _held(account, stage, judged.evidence.text, closeness, judged.reason, setting)


def of_stop(stop: Stop, at: datetime) -> Held:
    """What was stopped before its entry got a number."""
    if stop.stage is Stage.EXCLUSION:
        why, setting = f"the sentence holds “{one_line(stop.why)}”", f"topics.{stop.topic}.exclude without “{one_line(stop.why)}”"
    else:
        why, setting = f"the entry's language is {stop.why}", f"topics.{stop.topic}.other_languages: tell"
    return Held(
        topic=stop.topic,
        stage=stop.stage,
        at=at,
        outlet=stop.outlet,
        url=stop.url,
        sentence=stop.sentence,
        closeness=BARRED if stop.stage is Stage.EXCLUSION else FOREIGN,
        why=why,
        setting=setting,
        id=stop.entry,
    )


def of_condition(name: str, condition: str, development: Development) -> Held:
    """What a subscription does not want as it now stands."""
    stage = Stage.SENSITIVITY if condition == Stage.SENSITIVITY else Stage.CONDITION
    return _of_development(
        development,
        stage,
        CONDITION * development.confidence,
        f"{name} does not ask for it: {condition}",
        f"subscriptions.{name}.{condition}",
    )


def of_waiting(due: Due) -> Held:
    """What waits in an outbox."""
    alert, why = due.alert, due.why
    assert why is not None  # noqa: S101  what nothing holds does not wait
    stage = WAITS.get(why, Stage.SENSITIVITY)
    name = alert.subscription
    told = alert.news.development
    at_once = told.confidence >= BOUNDS["wide"].told_at_once(brief=told.claim.brief)
    setting = {
        Stage.MUTE: "monitor snooze NAME --end",
        Stage.LATE: "late_after",
        Stage.SENSITIVITY: f"subscriptions.{name}.sensitivity: wide" if at_once else "none: it waits for the digest",
    }.get(stage, f"subscriptions.{name}.{why}")
    waits = f"it waits: the subscription {name} is told {moment(due.at, alert.zone)}"
    return _of_development(told, stage, 1.0, waits, setting)


def counted(held: Iterable[Held]) -> dict[Stage, int]:
    """How many each stage stopped, in the order of the way."""
    counts = Counter(one.stage for one in held)
    return {stage: counts[stage] for stage in Stage if counts[stage]}


def in_words(counts: Mapping[Stage, int]) -> str:
    """ "12 repeats, 3 pieces of background"."""
    return ", ".join(f"{count:,} {NAMES[stage][count != 1]}" for stage, count in counts.items())


def _of_verdict(account: Account, judged: Judged, stage: Stage) -> tuple[str, float]:
    """The setting that would have let it through, and how near it was to being told."""
    if stage is Stage.REPEAT:
        known = 0.9 if judged.kind is VerdictKind.CORROBORATION or judged.rule is not Rule.JUDGE else judged.confidence
        setting = "subscriptions.NAME.kinds: corroboration" if judged.kind is VerdictKind.CORROBORATION else "none: it is known"
        return setting, REPEAT * (1.0 - known)
    worth = 1.0 - judged.confidence
    if stage is Stage.BACKGROUND:
        return f"topics.{account.topic}.since, or ledger.background_age", BACKGROUND * worth
    if worth < (least := BOUNDS["wide"].digest):
        return f"none: `wide` asks for {least:.0%}; `monitor feedback ENTRY --missed` tells it", MINOR * worth
    return f"topics.{account.topic}.sensitivity: wide", MINOR * worth


def _relevance(account: Account) -> str:
    return f"the entry is about something else: relevance {account.relevance:.2f}"


def _held(account: Account, stage: Stage, sentence: str, closeness: float, why: str, setting: str) -> Held:
    carrier = account.carrier
    return Held(
        topic=account.topic,
        stage=stage,
        at=carrier.seen,
        outlet=carrier.outlet,
        url=carrier.url,
        sentence=one_line(sentence or carrier.title),
        closeness=closeness,
        why=one_line(why),
        setting=setting,
        id=carrier.entry,
    )


def _of_development(development: Development, stage: Stage, closeness: float, why: str, setting: str) -> Held:
    carrier = development.carrier
    return Held(
        topic=development.topic,
        stage=stage,
        at=carrier.seen,
        outlet=carrier.outlet,
        url=carrier.url,
        sentence=one_line(development.claim.evidence.text),
        closeness=closeness,
        why=why,
        setting=setting,
        id=development.id,
    )
