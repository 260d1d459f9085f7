"""What `monitor extract` shows people: the text with its spans coloured, and below it what was read from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.records import Attribution, Quantity

if TYPE_CHECKING:
    from monitor.extract.reading import Reading
    from workers.extract import Given

STYLES = {
    "content": "italic",
    "source": "bold cyan",
    "cue": "magenta",
    "figure": "bold green",
    "mention": "underline yellow",
}
_LONGEST = 90
"""Characters of a quoted stretch; the middle of longer ones is left out."""


def legend(console: Console, *, topics: bool) -> None:
    """Which colour stands for what."""
    names = [name for name in ("figure", "source", "cue", "content", "mention") if topics or name != "mention"]
    console.print(Text("  ").join(Text(name, STYLES[name]) for name in names))


def show(console: Console, one: Given, reading: Reading) -> None:
    """One text and what was read from it."""
    console.print()
    console.rule(Text(str(one.id), "dim"), align="left", style="dim")
    marked = Text(one.text.strip("\n"))
    shift = len(one.text) - len(one.text.lstrip("\n"))
    for name, start, end in _spans(reading):
        begin, stop = one.span(start, end)
        marked.stylize(STYLES[name], begin - shift, stop - shift)
    console.print(marked)
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold", max_width=44)
    table.add_column(overflow="fold")
    for quantity in reading.quantities:
        table.add_row("figure", Text(quantity.surface, STYLES["figure"]), Text(_told(quantity)))
    for said in reading.attributions:
        table.add_row("said", _speaker(said), Text(_shortened(_content(one, said))))
    for claim in reading.claims:
        past = " (background)" if claim.background else ""
        table.add_row("claim", Text(claim.topic, STYLES["mention"]), Text(_shortened(claim.proposition) + past))
    if table.row_count:
        console.print()
        console.print(table)


def _spans(reading: Reading) -> list[tuple[str, int, int]]:
    """What to mark; later marks lie over earlier ones."""
    found = [("content", *span) for said in reading.attributions for span in said.content]
    found += [("mention", mention.start, mention.end) for mention in reading.mentions]
    found += [("source", *span) for said in reading.attributions for span in said.source]
    found += [("cue", *span) for said in reading.attributions for span in said.cue]
    return found + [("figure", quantity.start, quantity.end) for quantity in reading.quantities]


def _told(quantity: Quantity) -> str:
    low, high = (None if bound is None else f"{bound:,.10g}" for bound in (quantity.low, quantity.high))
    bounds = low if low == high else f"{low or '?'} to {high or '?'}"
    beside = [quantity.actor and f"of {quantity.actor}", quantity.place and f"in {quantity.place}", quantity.time]
    return ", ".join([f"{quantity.qualifier} {bounds} {quantity.unit}", quantity.what, *(part for part in beside if part)])


def _speaker(said: Attribution) -> Text:
    org = f" ({said.org})" if said.org and said.org != said.speaker else ""
    return Text.assemble((f"{said.speaker or 'somebody'}{org}", STYLES["source"]), " ", (said.stance, STYLES["cue"]))


def _content(one: Given, said: Attribution) -> str:
    return " … ".join(one.document.text[start:end] for start, end in said.content)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half].rstrip()} … {text[-half:].lstrip()}"
