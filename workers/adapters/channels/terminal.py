"""The terminal: one alert as one write, coloured by kind, at most 100 columns wide.

All text goes through `rich.text.Text`, never through rich's markup, and was made harmless by `monitor.alerts.render`: nothing
that a feed says can move the cursor, change colours or hide text.
"""

from __future__ import annotations

from io import StringIO
from typing import TextIO

from rich.console import Console
from rich.padding import Padding
from rich.style import Style
from rich.text import Text

from monitor.alerts.bulletin import Bulletin, bulletin
from monitor.alerts.render import Rendering
from monitor.errors import DeliveryFailed
from monitor.records import Message, VerdictKind
from workers.adapters.threads import call_within

WIDEST = 100
TIME_LIMIT = 30.0
"""Seconds after which a terminal that takes no text (stopped by Ctrl-S, or a full pipe) counts as a failed attempt."""

COLOURS = {
    VerdictKind.NEW_CLAIM: "cyan",
    VerdictKind.NEW_NUMBER: "green",
    VerdictKind.NUMBER_CHANGED: "yellow",
    VerdictKind.POSITION_CHANGE: "magenta",
    VerdictKind.UNREAD: "blue",
    VerdictKind.WITHDRAWN: "red",
}


class Terminal:
    """One output stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    async def deliver(self, message: Message, *, attempt: int) -> None:
        """Writes the alert. Raises DeliveryFailed where the stream is closed or takes nothing."""
        del attempt  # what was written before a crash cannot be known: a terminal may show an alert twice
        try:
            await call_within(TIME_LIMIT, lambda: self._write(bulletin(message)), name="terminal")
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            raise DeliveryFailed(f"the terminal takes no text: {error or 'no answer'}") from error

    def _write(self, message: Bulletin) -> None:
        self._stream.write(as_terminal(message, self._stream))
        self._stream.flush()


def as_terminal(message: Bulletin, stream: TextIO) -> str:
    """The message as the stream shows it: with colours and links where it is a terminal, else as plain text."""
    text = StringIO()
    console = Console(file=text, force_terminal=stream.isatty(), highlight=False, markup=False, emoji=False)
    width = min(console.width, WIDEST)
    if message.label:
        _print_notice(message, message.label, console, width)
    elif message.is_digest:
        _print_digest(message, console, width)
    else:
        if message.note:
            console.print(Text(message.note, "italic"), width=width)
        for alert in message.alerts:
            console.print(_head(alert), width=width)
            console.print(Padding(_body(alert), (0, 0, 1, 2)), width=width)
    return "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())


def _print_notice(message: Bulletin, label: str, console: Console, width: int) -> None:
    console.print(Text.assemble((f" {label.upper()} ", "black on white bold"), " ", (message.title, "bold")), width=width)
    body = [Text(line) for line in message.lines] + [Text(f"no news; id {message.id}", "dim")]
    console.print(Padding(Text("\n").join(body), (0, 0, 1, 2)), width=width)


def _print_digest(message: Bulletin, console: Console, width: int) -> None:
    console.print(Text.assemble((" DIGEST ", "black on white bold"), " ", (message.note or "", "italic")), width=width)
    for group in message.groups:
        console.print(Padding(Text(group.topic, "bold underline"), (0, 0, 0, 2)), width=width)
        for alert in group.alerts:
            facts = f"{alert.said_by} in {alert.outlet}, {alert.published} · id {alert.id}"
            trend = Text(f"  {alert.bars}", COLOURS.get(alert.kind, "white"))
            lines = [_change(alert, COLOURS.get(alert.kind, "white")) + trend, Text(facts, "dim")]
            if alert.url:
                lines.append(_address(alert.url))
            console.print(Padding(Text("\n").join(lines), (0, 0, 0, 4)), width=width)
    if message.unchanged:
        console.print(Padding(Text(f"back where it was: {'; '.join(message.unchanged)}", "dim"), (0, 0, 0, 2)), width=width)
    if message.held:
        console.print(Padding(Text(f"held back since the last digest: {message.held}", "dim"), (0, 0, 0, 2)), width=width)
    console.print()


def _head(rendering: Rendering) -> Text:
    colour = COLOURS.get(rendering.kind, "white")
    text = Text()
    text.append(f" {rendering.label.upper()} ", Style(color="black", bgcolor=colour, bold=True))
    text.append(f" {rendering.topic}", "bold")
    text.append(f"  {rendering.published}", "dim")
    return text


def _body(rendering: Rendering) -> Text:
    colour = COLOURS.get(rendering.kind, "white")
    lines = [_change(rendering, colour)] if rendering.sentence_says_more else []
    lines.append(Text(f"\u201c{rendering.sentence}\u201d", "" if lines else "bold"))
    lines.append(Text.assemble((rendering.said_by, "bold"), ("  in ", "dim"), rendering.outlet))
    if rendering.known:
        lines.append(Text.assemble(("known before: ", "dim"), rendering.known))
    if rendering.trend:
        figures = ", ".join(f"{point.amount} ({point.day})" for point in rendering.trend)
        lines.append(Text.assemble(("trend: ", "dim"), (rendering.bars, colour), f"  {figures}"))
    if rendering.confirmed:
        lines.append(Text.assemble(("confirmed by: ", "dim"), rendering.confirmed))
    lines.append(Text.assemble(("why: ", "dim"), rendering.reason or ""))
    lines.append(Text(f"{rendering.origins} · id {rendering.id}", "dim"))
    if rendering.url:
        lines.append(_address(rendering.url))
    return Text("\n").join(lines)


def _address(url: str) -> Text:
    return Text(url, Style(color="blue", underline=True, link=url), overflow="fold")


def _change(rendering: Rendering, colour: str) -> Text:
    """The change, with its new end in the kind's colour."""
    text = Text(rendering.change, "bold")
    if rendering.before and rendering.after:
        text.highlight_words([f"-> {rendering.after}"], Style(color=colour, bold=True))
    return text
