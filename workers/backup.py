"""`monitor backup`, `restore` and `upgrade`: all that is kept, in one file, and back; and data of former versions.

A restore tells nothing again: what was told after the backup is known to nobody any more, so that all that came before the
restore becomes known silently, and messages that waited are set aside for a person to look at. With `resume` all goes on as it
stood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path

from redis import Redis
from rich.console import Console
from rich.text import Text

from monitor.alerts.lines import moment
from monitor.errors import PermanentError, SchemaMismatch
from monitor.records import Answer, DeadLetter, Entry, Event, Message
from monitor.records.codec import decode, encode
from monitor.records.feeds import FeedState
from workers.adapters.backups import FORMAT, Header, read_header, read_pieces, without_secrets, write_backup
from workers.adapters.kept_copies import KIND, KeptRestore, kept_pieces
from workers.adapters.redis import keys
from workers.adapters.redis.client import schema_of
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.copying import Piece, close, empty, holds_anything, open_again, pieces, write
from workers.adapters.redis.migrations import migrate

Value = str | tuple[str]


def program() -> str:
    """This program's version."""
    try:
        return version("news-monitor")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "0"


@dataclass(slots=True)
class Copied:
    """What a backup came to."""

    hidden: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)


def backup(redis: Redis, console: Console, path: Path, *, now: datetime, entries: Path | None = None) -> int:
    """Writes all that is kept into a file, while the monitor runs. entries: the data directory whose kept entries go with it."""
    copied = take(redis, path, now=now, entries=entries)
    size = path.stat().st_size
    console.print(Text(f"{path}: {_told(copied.counts)}; {size / 1e6:.1f} MB."), soft_wrap=True)
    for setting in sorted(copied.hidden):
        where = Text(f"{setting} is written out in the configuration and was left out: the backup names a variable instead.")
        console.print(where, soft_wrap=True)
    return 0


def take(redis: Redis, path: Path, *, now: datetime, entries: Path | None = None) -> Copied:
    """Writes a backup; entries as `backup` has them. Raises PermanentError, StoreUnavailable."""
    copied = Copied()
    header = Header(backup=FORMAT, schema=schema_of(redis), program=program(), taken=now)
    found = chain(pieces(redis), kept_pieces(entries) if entries is not None else ())
    write_backup(path, header, _counted(found, copied))
    return copied


def _counted(found: Iterator[Piece], copied: Copied) -> Iterator[Piece]:
    for piece in found:
        if piece.key == keys.CONFIG:
            values: list[Value] = list(piece.values)
            for at in range(1, len(values), 2):
                values[at], hidden = without_secrets(str(values[at]))
                copied.hidden.update(hidden)
            piece = Piece(key=piece.key, kind=piece.kind, values=tuple(values))  # noqa: PLW2901  the piece without its secrets
        part = KIND if piece.kind == KIND else piece.key.rpartition(":")[2]
        copied.counts[part] += len(piece.values) // {"hash": 2, "zset": 2, "stream": 3}.get(piece.kind, 1)
        yield piece


def _told(counts: Counter[str]) -> str:
    words = {"propositions": "claims", "series": "series of figures", "known": "keys of known entries", "told": "alerts told"}
    told = [f"{word}: {counts[part]}" for part, word in words.items()]
    return ", ".join([*told, f"kept entries: {counts[KIND]}"] if counts[KIND] else told)


def restore(
    redis: Redis, console: Console, path: Path, *, folder: Path | None, owner: str, resume: bool, replace_it: bool, now: datetime
) -> int:
    """Puts a backup in the place of all that is kept. The roles of a running monitor stop meanwhile, and go on with it.

    folder: where what is replaced is backed up first, and kept entries are put back; None where there is no place for it.
    """
    header = read_header(path)
    if header.schema > keys.SCHEMA_VERSION:
        raise SchemaMismatch(
            f"{path} holds schema {header.schema}, and this program reads {keys.SCHEMA_VERSION}: it was written by a newer "
            f"monitor ({header.program}); install that, then restore"
        )
    if holds_anything(redis):
        if not replace_it:
            raise PermanentError(
                "the monitor has data already; `--replace` puts the backup in their place (they are backed up first)"
            )
        if folder is not None:
            before = folder / "backups" / f"before-restore-{now:%Y%m%d-%H%M%S}.jsonl.gz"
            take(redis, before, now=now)
            console.print(Text(f"What was there is backed up in {before}."), soft_wrap=True)
    close(redis)
    empty(redis)
    quiet = None if resume else Quiet(now)
    kept = KeptRestore(folder)
    found = kept.rest(read_pieces(path))
    write(redis, found if quiet is None else quiet.pieces(found))
    redis.set(keys.SCHEMA, header.schema)
    migrate(redis, owner)
    if quiet:
        redis.set(keys.RESTORED, now.isoformat())
    told = _mark_told(redis, quiet.events, now) if quiet else 0
    open_again(redis)
    console.print(Text(f"Restored: the state of {moment(header.taken)}, written by monitor {header.program}."), soft_wrap=True)
    if kept.found:
        where = f"put back under {folder}" if folder is not None else "left out, since no data directory is known: give --config"
        console.print(Text(f"The {kept.found} kept entries in it were {where}."), soft_wrap=True)
    if quiet:
        _say_what_is_quiet(console, quiet, told, header)
    return 0


def _say_what_is_quiet(console: Console, quiet: Quiet, told: int, header: Header) -> None:
    since, waiting = moment(header.taken), quiet.waiting + told
    waited = "1 alert that waited then was" if waiting == 1 else f"{waiting} alerts that waited then were"
    console.print(
        Text(
            f"What was told since {since} is not in it. So nothing that came before now is told: feeds are read silently up to "
            f"now, and {waited} set aside "
            "(`monitor dead-letters list`, and `retry` where they were never sent)."
        ),
        soft_wrap=True,
    )
    console.print("Did the monitor not run since the backup? Then restore with --resume: all goes on as it stood.")


class Quiet:
    """Makes pieces of a backup such that nothing of what they hold is told again."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self.waiting = 0
        self.events: list[Event] = []

    def pieces(self, found: Iterator[Piece]) -> Iterator[Piece]:
        """The pieces as they are to be restored."""
        for piece in found:
            yield from self._quiet(piece)

    def _quiet(self, piece: Piece) -> Iterator[Piece]:
        key, values = piece.key, list(piece.values)
        if key.startswith(f"{keys.PREFIX}{{f:") and key.endswith(":state"):
            state = decode(str(values[0]).encode(), FeedState)
            yield _with(piece, [encode(replace(state, silent_before=self._now)).decode()])
        elif key.startswith(f"{keys.PREFIX}{{t:") and key.endswith(":units"):
            for at in range(2, len(values), 3):
                if values[at - 1] == "entry":
                    values[at] = encode(replace(decode(str(values[at]).encode(), Entry), silent=True)).decode()
            yield _with(piece, values)
        elif key.startswith(f"{keys.PREFIX}{{t:") and key.endswith(":answers"):
            for at in range(1, len(values), 2):
                answer = decode(str(values[at]).encode(), Answer)
                values[at] = encode(replace(answer, carrier=replace(answer.carrier, silent=True))).decode()
            yield _with(piece, values)
        elif key.startswith(f"{keys.PREFIX}{{t:") and key.endswith(":events"):
            self.events += [decode(str(value).encode(), Event) for value in values[2::3]]
        elif key.startswith(f"{keys.PREFIX}{{s:") and ":out:" in key and key.endswith(":messages"):
            yield self._set_aside(key, values)
        elif key.startswith(f"{keys.PREFIX}{{s:") and ":out:" in key and key.endswith(":state"):
            yield from self._unpacked(piece)
        else:
            yield piece

    def _unpacked(self, piece: Piece) -> Iterator[Piece]:
        """The state of an outbox without the message that was being brought."""
        fields = dict(zip(piece.values[::2], piece.values[1::2], strict=True))
        packed = fields.pop("packed", None)
        if packed is not None:
            yield self._set_aside(piece.key, [packed])
        for name in ("attempts", "error", "due"):
            fields.pop(name, None)
        if fields:
            yield _with(piece, [part for pair in fields.items() for part in pair])

    def _set_aside(self, key: str, messages: Sequence[Value]) -> Piece:
        why = "it waited when the backup was taken, and may have been sent since"
        fields: list[Value] = []
        for value in messages:
            message = decode(str(value).encode(), Message)
            letter = DeadLetter(message=message, attempts=0, at=self._now, error=why)
            fields += [message.key, encode(letter).decode()]
            self.waiting += len(message.alerts)
        return Piece(key=f"{key[: key.index('}') + 1]}:dead", kind="hash", values=tuple(fields))


def _with(piece: Piece, values: Sequence[Value]) -> Piece:
    return Piece(key=piece.key, kind=piece.kind, values=tuple(values))


def _mark_told(redis: Redis, events: Sequence[Event], now: datetime) -> int:
    """Marks what was about to be told as told, for every subscription: whoever asks finds it in the ledger. How many."""
    configurations = RedisConfigurations(redis)
    current = configurations.current()
    names = list(configurations.load(current).subscriptions) if current else []
    pipe = redis.pipeline(transaction=False)
    for event in events:
        for name in names:
            told = f"{event.development.version} {now.isoformat()}"
            pipe.hsetnx(f"{keys.PREFIX}{{s:{name}}}:told", event.development.id, told)
    pipe.execute()
    return len(events)


def upgrade(redis: Redis, console: Console, *, folder: Path, owner: str, now: datetime) -> int:
    """Brings data of a former version up to this program's: a backup first, then step by step. The version that they had; 0
    where there was nothing to do.

    Raises SchemaMismatch for data of a newer program.
    """
    found = schema_of(redis)
    if found > keys.SCHEMA_VERSION:
        raise SchemaMismatch(
            f"the data have schema {found}, and this program reads {keys.SCHEMA_VERSION}: they were written by a newer monitor; "
            "install that again"
        )
    if found == keys.SCHEMA_VERSION:
        return 0
    path = folder / "backups" / f"before-schema-{keys.SCHEMA_VERSION}-{now:%Y%m%d-%H%M%S}.jsonl.gz"
    close(redis)
    take(redis, path, now=now)
    console.print(Text(f"The data are of a former version (schema {found}). They are backed up in {path}."), soft_wrap=True)
    migrate(redis, owner)
    open_again(redis)
    console.print(Text(f"Upgraded to schema {keys.SCHEMA_VERSION}."))
    return found
