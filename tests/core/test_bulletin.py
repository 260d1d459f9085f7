"""Messages: what stands first, what is told together, what is lost first, and that nothing from a feed becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from monitor.alerts.bulletin import as_title, bulletin, fit
from monitor.alerts.lines import CUT, shortened
from monitor.alerts.render import FIRST_LOOK, counted, render
from monitor.alerts.templates import FAMILIES, Templates
from monitor.errors import TemplateUnusable
from monitor.records import Development, Event, Form, Known, Message, Qualifier, VerdictKind
from monitor.records.ids import SeriesId, TopicSlug
from tests.alerts import EARLIER, a_changed_number, a_changed_position, a_message, dev
from tests.records import NOON, a_claim, a_development, a_quantity, an_event
from workers.adapters.templates import SHIPPED, read_templates

TEMPLATES = read_templates()
LONGEST = " ".join(
    f"Clause {n} of the statement says that some 1{n},000 soldiers, 12.5 million shells and $2.4 billion" for n in range(99)
)


def a_figure(value: float, name: str, *, before: float | None = None, hours: float = 0, place: str | None = "Kursk") -> Event:
    """A figure of one series, with what was known before."""
    text = f"Officials in Washington said that {value:,.0f} North Korean soldiers were in Kursk."
    quantity = a_quantity(value, place=place)
    claim = a_claim(text, quantities=[quantity], speaker="officials in Washington")
    known = None if before is None else replace(EARLIER, text=f"{before:,.0f}", quantity=a_quantity(before))
    kind = VerdictKind.NUMBER_CHANGED if known else VerdictKind.NEW_NUMBER
    development = replace(a_development(claim, kind=kind, name=dev(name), before=known), series=SeriesId("s1"))
    moment = NOON + timedelta(hours=hours)
    development = replace(development, carrier=replace(development.carrier, published=moment))
    return an_event(development)


def together(*events: Event, form: Form = Form.ALERT, note: str | None = None) -> Message:
    first, *more = (a_message(event) for event in events)
    return replace(first, more=tuple(more), form=form, note=note)


def test_the_change_says_what_is_counted_and_where_in_the_first_80_characters() -> None:
    change = render(a_message(a_figure(10_000, "d", before=8_000))).change
    assert change == "North Korean soldiers in Kursk: 8,000 -> 10,000, officials in Washington"


def test_the_series_name_says_more_where_the_sentence_says_less() -> None:
    event = a_figure(10_000, "d", before=8_000)
    short = replace(event.development, quantity=a_quantity(10_000, what="soldiers", place="Kursk"))
    event = replace(event, development=short, counted="North Korean soldiers")
    assert counted(event) == "North Korean soldiers in Kursk"
    assert render(a_message(event)).change.startswith("North Korean soldiers in Kursk: 8,000 -> 10,000")


def test_a_long_name_of_what_is_counted_leaves_the_change_within_80_characters() -> None:
    what = "soldiers, sailors and airmen of the Democratic People's Republic of Korea who were trained in the Russian Far East"
    event = a_figure(10_000, "d", before=8_000)
    event = replace(event, development=replace(event.development, quantity=a_quantity(10_000, what=what)))
    change = render(a_message(event)).change
    assert "8,000 -> 10,000" in change[:FIRST_LOOK]


def test_times_stand_in_the_readers_zone() -> None:
    message = replace(a_message(), zone="Asia/Seoul")
    assert render(message).published == "24 Oct 2024, 21:00 KST"


def test_a_topic_is_called_by_its_title() -> None:
    assert render(replace(a_message(), title="Troops sent abroad")).topic == "Troops sent abroad"


def test_the_trend_shows_the_series_with_heights_in_proportion() -> None:
    values = (3_000, 8_000, 12_000)
    trend = tuple(
        Known(text=f"{v:,}", speaker="Seoul", outlet="Wire", published=NOON + timedelta(days=n), quantity=a_quantity(v))
        for n, v in enumerate(values)
    )
    rendering = render(a_message(replace(a_figure(12_000, "d", before=8_000), trend=trend)))
    assert [(point.day, point.amount, point.height) for point in rendering.trend] == [
        ("24 Oct", "3,000", 25),
        ("25 Oct", "8,000", 67),
        ("26 Oct", "12,000", 100),
    ]
    assert rendering.bars == "▂▅█"
    text = TEMPLATES.write("text", bulletin(a_message(replace(a_figure(12_000, "d"), trend=trend))))
    assert "Trend: ▂▅█  3,000 (24 Oct), 8,000 (25 Oct), 12,000 (26 Oct)" in text


def test_one_figure_alone_is_no_trend() -> None:
    only = (replace(EARLIER),)
    assert render(a_message(replace(a_figure(12_000, "d"), trend=only))).trend == ()


def test_several_developments_of_one_story_read_as_one_change_with_its_steps() -> None:
    found = bulletin(
        together(a_figure(8_000, "a", before=3_000), a_figure(9_000, "b", before=8_000), a_figure(12_000, "c", before=9_000))
    )
    (alert,) = found.alerts
    assert alert.change == "North Korean soldiers in Kursk: 3,000 -> 8,000 -> 9,000 -> 12,000, officials in Washington"
    assert found.title == alert.change


def test_a_follow_up_begins_with_what_was_told_last() -> None:
    first = replace(a_message(a_figure(9_000, "b", before=3_000)), since="8,000")
    message = replace(first, more=(a_message(a_figure(12_000, "c", before=9_000)),), form=Form.FOLLOW_UP)
    assert bulletin(message).title.startswith("North Korean soldiers in Kursk: 8,000 -> 9,000 -> 12,000")


def test_several_developments_of_one_entry_are_one_message_that_tells_all_of_them() -> None:
    found = bulletin(together(a_changed_number(), a_changed_position()))
    assert found.title.endswith("(+1 more)")
    text = TEMPLATES.write("text", found)
    assert "about 3,000 -> 12,000" in text
    assert "denies -> confirms" in text


def test_a_digest_tells_the_newest_first_by_topic_and_one_line_a_story() -> None:
    other = a_changed_position()
    other = replace(other, development=replace(other.development, topic=TopicSlug("treaty")))
    events = (a_figure(8_000, "a", before=3_000), other, a_figure(9_000, "b", before=8_000))
    found = bulletin(together(*events, form=Form.DIGEST, note="Held by quiet hours."))
    assert [group.topic for group in found.groups] == ["Troop deployment", "Treaty"]
    assert len(found.alerts) == 2
    assert found.title.startswith("2 developments in 2 topics: North Korean soldiers in Kursk: 3,000 -> 8,000 -> 9,000")
    assert TEMPLATES.write("text", found).startswith("Held by quiet hours.")


def test_a_digest_tells_what_is_back_where_it_was_in_a_line_of_its_own() -> None:
    events = (a_figure(8_000, "a", before=3_000), a_changed_position(), a_figure(3_000, "b", before=8_000))
    found = bulletin(together(*events, form=Form.DIGEST))
    assert [alert.kind for alert in found.alerts] == [VerdictKind.POSITION_CHANGE]
    assert found.unchanged == ("North Korean soldiers in Kursk: 3,000",)


# Limits


def longest() -> Development:
    claim = a_claim(LONGEST, quantities=[a_quantity(12_000)], speaker="National Intelligence Service", org="South Korea")
    known = replace(EARLIER, text=LONGEST, quantity=None)
    development = a_development(
        claim, kind=VerdictKind.POSITION_CHANGE, name=dev("long"), before=replace(known, quantity=a_quantity(8))
    )
    return replace(development, origins=tuple(f"Outlet {n}" for n in range(200)), reason=LONGEST)


@pytest.mark.parametrize("family", sorted(FAMILIES))
@pytest.mark.parametrize("limit", [500, 1_000, 2_000, 4_096])
def test_the_longest_development_fits_every_limit_with_its_id_and_link(family: str, limit: int) -> None:
    if family == "html":
        limit *= 10  # mails have no such limit; their tables need room
    text = fit(bulletin(a_message(an_event(longest()))), limit, lambda shorter: TEMPLATES.write(family, shorter))
    assert len(text) <= limit
    assert dev("long")[:8] in text
    assert "wire.example" in text


def test_what_matters_least_goes_first() -> None:
    found = bulletin(a_message(replace(a_changed_number(), trend=(EARLIER, replace(EARLIER, quantity=a_quantity(3_200))))))
    whole = TEMPLATES.write("text", found)
    lost = []
    for limit in range(len(whole), 180, -1):
        text = fit(found, limit, lambda shorter: TEMPLATES.write("text", shorter))
        lost += [part for part in ("Trend", "Why", "Herald", "Known before") if part not in text and part not in lost]
    assert lost == ["Trend", "Why", "Herald", "Known before"]


def test_a_message_that_has_no_room_for_all_says_how_many_it_leaves_out() -> None:
    events = [a_figure(1_000 * n, f"d{n}") for n in range(1, 40)]
    events = [replace(e, development=replace(e.development, series=SeriesId(f"s{n}"))) for n, e in enumerate(events)]
    text = fit(bulletin(together(*events, form=Form.DIGEST)), 1_000, lambda shorter: TEMPLATES.write("text", shorter))
    told = text.count("* ")
    assert f"... and {39 - told} more" in text


@given(some.integers(min_value=1, max_value=120))
def test_no_cut_falls_into_a_figure_a_link_or_a_word(limit: int) -> None:
    line = "Some 12,000 soldiers, $2.4 billion and 10-12 million shells: see https://wire.example/a-long/path?x=1 for more"
    cut = shortened(line, limit)
    assert len(cut) <= max(limit, len(CUT))
    kept = cut.removesuffix(CUT)
    rest = line[len(kept) :]
    if rest and kept:
        assert rest[0] in " ,;:" or line[: len(kept)].endswith(" ")
        for whole in ("12,000", "$2.4 billion", "10-12 million", "https://wire.example/a-long/path?x=1"):
            start = line.index(whole)
            assert not start < len(kept) < start + len(whole)


def test_the_title_is_cut_between_words() -> None:
    title = as_title(bulletin(a_message(an_event(longest()))), limit=90)
    assert len(title) <= 90
    assert title.endswith(CUT)


# Injection

HOSTILE = (
    "<b onclick=x>Seoul</b> *bold* _em_ [click](javascript:alert(1)) <https://evil.example> @everyone <!channel> "
    "{{ 7*7 }} `x` ~~y~~ | # | \\"
)


def hostile() -> Message:
    claim = a_claim(HOSTILE, speaker=HOSTILE, org=HOSTILE)
    development = a_development(claim, name=dev("x"), before=replace(EARLIER, text=HOSTILE, outlet=HOSTILE))
    carrier = replace(development.carrier, outlet=HOSTILE, url='https://a.example/")><script>(x)|y')
    return a_message(an_event(replace(development, carrier=carrier, reason=HOSTILE, origins=(HOSTILE,))))


class Tags(HTMLParser):
    """All tags with their attributes, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("family", ["html", "telegram"])
def test_no_text_of_a_feed_becomes_html(family: str) -> None:
    tags = Tags()
    tags.feed(TEMPLATES.write(family, bulletin(hostile())))
    assert "<b onclick=x>Seoul</b> *bold*" in tags.text
    assert not any("onclick" in attributes for _, attributes in tags.tags)
    assert {attributes["href"] for tag, attributes in tags.tags if tag == "a"} == {
        "https://a.example/%22%29%3E%3Cscript%3E%28x%29%7Cy"
    }


def test_no_text_of_a_feed_becomes_markdown() -> None:
    tags = Tags()
    tags.feed(MarkdownIt().render(TEMPLATES.write("markdown", bulletin(hostile()))))
    assert "[click](javascript:alert(1)) <https://evil.example> @everyone" in tags.text
    assert {attributes["href"] for tag, attributes in tags.tags if tag == "a"} == {
        "https://a.example/%22%29%3E%3Cscript%3E%28x%29%7Cy"
    }
    assert {tag for tag, _ in tags.tags} <= {"p", "strong", "a", "blockquote"}


def test_no_text_of_a_feed_becomes_a_mention_or_link_in_slack() -> None:
    text = TEMPLATES.write("slack", bulletin(hostile()))
    assert set(re.findall(r"<([^>]*)>", text)) == {
        f"https://a.example/%22%29%3E%3Cscript%3E%28x%29%7Cy|{FAMILIES['slack'](HOSTILE)}"
    }
    assert "<!channel>" not in text
    assert not re.search(r"[ >]\*bold\*[ <]", text)


@given(some.text(max_size=60))
def test_every_text_of_a_feed_stays_text_in_markdown(text: str) -> None:
    escaped = FAMILIES["markdown"](" ".join(text.split()))
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_`<>\[\]#|@]", escaped)


# Templates


def test_a_users_own_template_takes_the_place_of_ours_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / "text.j2").write_text("NEWS: {{ message.title }}")
    own = read_templates(tmp_path)
    assert own.write("text", bulletin(a_message(a_changed_number()))).startswith("NEWS: North Korean soldiers: about 3,000")
    assert own.write("slack", bulletin(a_message())) == TEMPLATES.write("slack", bulletin(a_message()))


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("{% if %}", "text.j2, line 1"),
        ("\n{{ message.titel }}", "titel"),
        ("{{ message.title.__class__.__mro__ }}", "unsafe|access"),
        ("{{ 1 / 0 }}", "zero"),
    ],
)
def test_a_broken_or_prying_template_is_refused_by_its_name(source: str, says: str) -> None:
    sources = {path.name: path.read_text() for path in SHIPPED.glob("*.j2")} | {"text.j2": source}
    with pytest.raises(TemplateUnusable, match=says):
        Templates(sources).write("text", bulletin(a_message()))


def test_a_range_in_a_trend_stands_at_its_middle() -> None:
    wide = replace(EARLIER, quantity=a_quantity(10, low=8_000, high=12_000, qualifier=Qualifier.RANGE))
    points = render(
        a_message(replace(a_changed_number(), trend=(wide, replace(EARLIER, outlet="Herald", quantity=a_quantity(10_000)))))
    ).trend
    assert [point.height for point in points] == [100, 100]
