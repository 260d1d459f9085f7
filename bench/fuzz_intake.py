"""Hostile bytes for what reads feeds, pages and OPML: `python -m bench.fuzz_intake --inputs 1000000` (bench/README.md).

Inputs are the feeds of tests/feeds, cut, doubled, mixed and broken with a seeded dice, and junk made of the formats' own pieces.
Nothing but FeedUnreadable may be raised, no input may take longer than LIMIT seconds, and memory must not grow.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from monitor.errors import FeedUnreadable
from monitor.feeds.discover import named, usual
from monitor.feeds.identity import keyed
from monitor.feeds.opml import read_opml
from monitor.feeds.parse import parse
from monitor.text.clean import plain

LIMIT = 10.0
"""Seconds of processor time for one input of a few kilobytes."""
LONGEST = 20_000
"""Bytes of an input."""
FEEDS = Path(__file__).parents[1] / "tests" / "feeds"
HEADERS = {"content-type": "text/xml", "content-location": "https://h.example/feed"}
_MARKUP = b"""<item> </item> <title> </title> <![CDATA[ ]]> & &amp; &#xD800; &#0; < > <!DOCTYPE <link href= " ' <pubDate> <?x
<content type='xhtml'> <entry> </entry> <guid> <source> <!-- --> <rss version='2.0'> <channel> <div> </div> xml:base= xmlns:x=
<feed xmlns='http://www.w3.org/2005/Atom'> <outline text= xmlUrl= https://a.example/ /> <link rel=alternate
type=application/rss+xml <a href=/rss <base"""
_JSON = (
    rb"""{ } [ ] : , " null 1e999 "version" "https://jsonfeed.org/version/1.1" "items" "id" "title" "authors" \ud800 true -0"""
)
PIECES = [
    *_MARKUP.split(),
    *_JSON.split(),
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x1b",
    b" ",
    b"\n",
    "é".encode(),
    b"Do., 26.11.2026 - 14:30",
    "26 décembre 2026".encode(),
    b"\xe9",
    b"x",
]


def read_feed(body: bytes) -> None:
    """Parse, identify, clean."""
    feed = parse(body, HEADERS)
    for item in keyed(feed.entries):
        entry = item.parsed
        for text in (entry.title, entry.summary, entry.content):
            clean = plain(text)
            if any(unicodedata.category(character) in {"Cc", "Cs"} and character != "\n" for character in clean):
                raise AssertionError(f"a control character came through: {clean!r}")
        if entry.link and not entry.link.lower().startswith(("http://", "https://")):
            raise AssertionError(f"no address: {entry.link!r}")


def read_page(body: bytes) -> None:
    """Discovery."""
    for candidate in named(body, HEADERS):
        if not candidate.url.lower().startswith(("http://", "https://")):
            raise AssertionError(f"no address: {candidate.url!r}")
        usual(candidate.url)


def read_list(body: bytes) -> None:
    """OPML."""
    outlines = read_opml(body)
    if len({outline.slug for outline in outlines}) != len(outlines):
        raise AssertionError("two feeds of one slug")


TARGETS: tuple[Callable[[bytes], None], ...] = (read_feed, read_page, read_list)


def inputs(dice: random.Random) -> Callable[[], bytes]:
    """A source of inputs."""
    seeds = [path.read_bytes() for path in sorted(FEEDS.iterdir()) if not path.name.endswith(".expected.json")]

    def junk() -> bytes:
        return b"".join(dice.choice(PIECES) for _ in range(dice.randrange(40)))

    def one() -> bytes:
        kind = dice.randrange(6)
        if kind == 0:
            return junk() * dice.choice((1, 1, 1, 50))
        body = dice.choice(seeds)
        at = dice.randrange(len(body) + 1)
        if kind == 1:
            return body[:at]
        if kind == 2:
            other = dice.choice(seeds)
            return body[:at] + other[dice.randrange(len(other) + 1) :]
        if kind == 3:
            return body[:at] + junk() + body[at:]
        if kind == 4:
            end = min(len(body), at + dice.randrange(200))
            return body[:at] + body[at:end] * dice.choice((0, 2, 20)) + body[end:]
        changed = bytearray(body)
        for _ in range(dice.randrange(1, 10)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        return bytes(changed)

    return lambda: one()[:LONGEST]


def attack(target: Callable[[bytes], None], body: bytes) -> tuple[str, float]:
    """What became of the input, and the seconds of processor time that it took."""
    before = time.process_time()
    try:
        target(body)
        outcome = "read"
    except FeedUnreadable:
        outcome = "refused"
    return f"{target.__name__}: {outcome}", time.process_time() - before


def told(done: int, begun: float, slowest: float, memory: int, outcomes: Counter[str]) -> str:
    """Where the run stands: of a run that is cut off, the last of these lines holds."""
    counts = ", ".join(f"{name} {count}" for name, count in sorted(outcomes.items()))
    cpu, peak = time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"{done} inputs in {cpu:.0f} CPU s, slowest {slowest:.2f} s, peak {peak // 1024} MB ({memory // 1024} early): {counts}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tell", type=int, default=50_000, help="after how many inputs a line says where the run stands")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found.bin"), help="where an input that breaks something is kept")
    asked = parser.parse_args()
    make = inputs(random.Random(asked.seed))
    outcomes: Counter[str] = Counter()
    slowest, begun, early = 0.0, time.process_time(), 0
    for number in range(asked.inputs):
        body = make()
        target = TARGETS[number % len(TARGETS)]
        try:
            outcome, took = attack(target, body)
        except BaseException:
            asked.keep.write_bytes(body)
            print(f"input {number} of seed {asked.seed} breaks {target.__name__}; it is kept in {asked.keep}", file=sys.stderr)
            raise
        outcomes[outcome] += 1
        slowest = max(slowest, took)
        if took > LIMIT:
            asked.keep.write_bytes(body)
            print(f"input {number} of seed {asked.seed} takes {took:.1f} s in {target.__name__}; it is kept in {asked.keep}")
            return 1
        if number == asked.inputs // 10:
            early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if (number + 1) % asked.tell == 0:
            print(told(number + 1, begun, slowest, early, outcomes), flush=True)
    print(told(asked.inputs, begun, slowest, early, outcomes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
