"""A message as people read it: its alerts, those of one story as one, grouped by topic; and how it is made to fit a limit.

A message that is too long for its channel loses what matters least first: the trend, the reason, the origins' names, who
confirmed it, the end of the sentence, what was known before; then further alerts lose all but their change; last, whole alerts
are left out, oldest first, and the message says how many. Texts are cut before they are written as markup, and between words:
never inside a figure, a link or markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from monitor.alerts.lines import one_line, shortened
from monitor.alerts.render import FIRST_LOOK, NOTICES, SHORT_ID, Rendering, render, short_end
from monitor.records import Form, Message, Notice, NoticeKind, VerdictKind

LENGTHS, SHORT = (2_000, 1_000, 500, 300), 140
"""Characters of a sentence that is shortened step by step, and at the last."""
KNOWN = 300
"""Characters of what was known before, where the sentence is shortened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What a message tells of one topic, newest first in a digest."""

    topic: str
    alerts: tuple[Rendering, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """A message ready to be written. title is its one line; note says why several alerts stand together, where they do.

    unchanged: stories that ended where they began, one line each; left_out: alerts for which there was no room; brief: alerts
    after the first one are told by their change alone; id is the short id of the first alert. lines: what a notice says; it has
    no alerts. held: for a digest, what was held back since the one before, in words.
    """

    form: Form
    kind: VerdictKind | NoticeKind
    title: str
    note: str | None
    groups: tuple[Group, ...]
    unchanged: tuple[str, ...] = ()
    left_out: int = 0
    brief: bool = False
    lines: tuple[str, ...] = ()
    held: str | None = None
    id: str

    @property
    def alerts(self) -> tuple[Rendering, ...]:
        """All alerts in their order."""
        return tuple(alert for group in self.groups for alert in group.alerts)

    @property
    def label(self) -> str | None:
        """What a notice is, in words; None for alerts, which have labels of their own."""
        return NOTICES[self.kind] if isinstance(self.kind, NoticeKind) else None

    @property
    def is_digest(self) -> bool:
        """Whether the message tells what was held for a time."""
        return self.form is Form.DIGEST


def bulletin(message: Message) -> Bulletin:
    """The whole message."""
    if message.notice is not None:
        return _notice(message.notice)
    stories = _stories(message.alerts)
    if message.form is Form.DIGEST:
        stories.reverse()
    told = [render(story[-1], earlier=story[:-1]) for story in stories]
    unchanged = tuple(f"{alert.subject or alert.topic}: {alert.after}" for alert in told if alert.unchanged)
    changed = [alert for alert in told if not alert.unchanged] or told[:1]
    groups: dict[str, list[Rendering]] = {}
    for alert in changed:
        groups.setdefault(alert.topic, []).append(alert)
    return Bulletin(
        form=message.form,
        kind=changed[0].kind,
        title=_title(message.form, changed),
        note=message.note,
        groups=tuple(Group(topic=topic, alerts=tuple(alerts)) for topic, alerts in groups.items()),
        unchanged=unchanged if changed != told[:1] or len(told) == 1 else unchanged[1:],
        held=message.held,
        id=changed[0].id,
    )


def _notice(notice: Notice) -> Bulletin:
    return Bulletin(
        form=Form.NOTICE,
        kind=notice.kind,
        title=one_line(notice.title),
        note=None,
        groups=(),
        lines=tuple(one_line(line) for line in notice.lines),
        id=notice.id[:SHORT_ID],
    )


def _stories(alerts: Sequence[Message]) -> list[list[Message]]:
    """Alerts that are steps of one change together, oldest first; the changes in the order of their latest alert."""
    found: dict[tuple[str, ...], list[Message]] = {}
    for alert in alerts:
        key = _change_of(alert)
        found[key] = [*found.pop(key, []), alert]
    return list(found.values())


def _change_of(alert: Message) -> tuple[str, ...]:
    """What steps of one change have in common: the series, or who moves on which proposition. A new claim is by itself."""
    development = alert.news.development
    if development.series and short_end(development) is not None and development.kind is not VerdictKind.POSITION_CHANGE:
        return development.topic, "series", development.series
    if development.kind is VerdictKind.POSITION_CHANGE:
        return development.topic, "party", development.proposition, development.claim.org or development.claim.speaker or ""
    return development.topic, "claim", development.id


def _title(form: Form, alerts: Sequence[Rendering]) -> str:
    if len(alerts) == 1:
        return alerts[0].change
    topics = list(dict.fromkeys(alert.topic for alert in alerts))
    where = topics[0] if len(topics) == 1 else f"{len(topics)} topics"
    if form is Form.DIGEST:
        return f"{len(alerts)} developments in {where}: {alerts[0].change}"
    return f"{alerts[0].change} (+{len(alerts) - 1} more)"


def as_title(found: Bulletin, *, limit: int = 120) -> str:
    """The message in one line, cut between words where it is longer than `limit` characters."""
    return shortened(found.title, limit)


def fit(found: Bulletin, limit: int, write: Callable[[Bulletin], str], *, size: Callable[[str], int] = len) -> str:
    """The message as `write` writes it, made to fit: `size` of the text is at most `limit`.

    Raises ValueError where not even the shortest form fits, which is a fault of the limit or of the template.
    """
    text = ""
    for shorter in _ever_shorter(found):
        text = write(shorter)
        if size(text) <= limit:
            return text
    raise ValueError(f"the shortest form of the message has {size(text)} characters, and only {limit} are allowed")


def _ever_shorter(found: Bulletin) -> Iterator[Bulletin]:
    changes: tuple[Callable[[Rendering], Rendering], ...] = (
        lambda alert: replace(alert, trend=(), bars=""),
        lambda alert: replace(alert, reason=None),
        lambda alert: replace(alert, origins=alert.origins.split(":")[0] if alert.origins else None),
        lambda alert: replace(alert, confirmed=None),
        *(partial(_with_texts_of, most=most) for most in LENGTHS),
        lambda alert: replace(alert, known=None),
        partial(_with_texts_of, most=SHORT),
        lambda alert: replace(alert, origins=None),
    )
    yield found
    found = replace(found, held=None)
    for change in changes:
        found = _each(found, change)
        yield found
    found = replace(found, brief=True, title=shortened(found.title, SHORT))
    yield found
    while found.lines:
        found = replace(found, lines=found.lines[:-1], left_out=found.left_out + 1)
        yield found
    while len(found.alerts) > 1:
        groups = [*found.groups[:-1], replace(found.groups[-1], alerts=found.groups[-1].alerts[:-1])]
        found = replace(found, groups=tuple(group for group in groups if group.alerts), left_out=found.left_out + 1)
        yield found
    found = replace(found, unchanged=(), note=None, title=shortened(found.title, FIRST_LOOK))
    yield _each(found, lambda alert: replace(alert, change=shortened(alert.change, FIRST_LOOK), sentence=""))
    yield _each(
        found, lambda alert: replace(alert, change=shortened(alert.change, FIRST_LOOK), sentence="", url=None, said_by="")
    )


def _with_texts_of(alert: Rendering, *, most: int) -> Rendering:
    """The alert with no text longer than `most` characters."""
    known = shortened(alert.known, min(most, KNOWN)) if alert.known else None
    return replace(alert, sentence=shortened(alert.sentence, most), change=shortened(alert.change, most), known=known)


def _each(found: Bulletin, change: Callable[[Rendering], Rendering]) -> Bulletin:
    groups = (replace(group, alerts=tuple(change(alert) for alert in group.alerts)) for group in found.groups)
    return replace(found, groups=tuple(groups))
