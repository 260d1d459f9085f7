"""When and where a clause says that something holds, and whether it tells past history.

Only the main clause counts: "the accord that was signed last year" dates the accord, not what is told of it.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import dateparser

from monitor.text.datelines import dateline
from monitor.text.places import DEMONYMS

_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905 - reads as text
_DAYS = "mon tues wednes thurs fri satur sun".split()  # noqa: SIM905 - same
_MONTH = (
    r"(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|aug(?:ust|\.)?|sept?(?:ember|\.)?"
    r"|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"
)
_ANY_YEAR = r"(?:19|20)\d\d"
_FULL = re.compile(
    rf"\b(?:(?P<month>{_MONTH})\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month2>{_MONTH}))"
    rf"(?:,?\s(?P<year>{_ANY_YEAR}))?\b",
    re.IGNORECASE,
)
_MONTH_ONLY = re.compile(
    rf"\b(?:in|since|last|until|by)\s(?P<month>{_MONTH})(?:\s(?P<year>{_ANY_YEAR}))?\b(?!\s\d)", re.IGNORECASE
)
_WEEKDAY = re.compile(rf"\b(?P<next>next\s)?(?P<name>{'|'.join(_DAYS)})day\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:in|since|of|from|during|until|by|early|late)\s(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE)
_AGO = re.compile(
    r"\b(?P<count>an?|two|three|four|five|six|seven|eight|nine|ten|several|some|many|\d+)\s(?P<unit>day|week|month|year|decade|century|centurie)s?\s(?:ago|earlier|before)\b",
    re.IGNORECASE,
)
_LAST = re.compile(r"\blast\s(?P<unit>week|month|year|decade|century|spring|summer|autumn|fall|winter)\b(?!['’])", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:yesterday|tomorrow|(?:last|next|this) (?P<span>week|month|year)(?!['’])"
    r"|(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten) (?P<unit>day|week|month|year|decade)s? ago)\b",
    re.IGNORECASE,
)
_COUNTS = {"a": 1, "an": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_LENGTHS = {"day": 1, "week": 7, "month": 30, "year": 365, "decade": 3650, "century": 36500, "centurie": 36500}
_SEASONS = {"spring", "summer", "autumn", "fall", "winter"}
_INNER = re.compile(
    r",\s(?:which|who|whose|where|when|after|before|since|as|than|a|an|the|more|up|down|from|to|though|although|while)\b"
    r"|\b(?:that|which|who|whose|whom|when|after|before|because|although|though|while|as|than)\b"
    r"|(?<!\bis )(?<!was )(?<!are )(?<!were )(?<!been )\b(?:signed|agreed|adopted|concluded|launched|begun|founded|built)\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    rf"\b(?:has|have|will|would|is|are|now|today|tonight|overnight|yesterday|(?:{'|'.join(_DAYS)})day|this (?:week|morning))\b"
    r"|['’](?:s|ve|ll|re) ",
    re.IGNORECASE,
)
_PAST_WORDS = re.compile(
    r"\b(?:previously|formerly|in the past|at the time|back then|historically|years earlier|anniversary)\b", re.IGNORECASE
)
_PLACE = re.compile(r"\b(?:in|at|near|off|outside|from)\s(?:the\s)?(?P<place>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){0,3})")


def main_clause(text: str) -> str:
    """The clause up to its first subordinate or relative one, dateline left off."""
    body = text[dateline(text) :]
    found = _INNER.search(body, 5)
    return body[: found.start()] if found else body


def time_of(text: str, published: datetime) -> str | None:
    """The day, week, month or year that the main clause names, as ISO 8601 ("2024-05-03", "2024-W18", "2024-05", "2018"); None
    where it names none.

    A weekday is the last such day before or on publication, a day of a month the one nearest to publication.
    """
    clause, today = main_clause(text), published.date()
    if found := _FULL.search(clause):
        day = _day(found, today)
        return day.isoformat() if day else None
    if found := _WEEKDAY.search(clause):
        back = (today.weekday() - _DAYS.index(found["name"].lower())) % 7
        return (today - timedelta(days=back - (7 if found["next"] else 0))).isoformat()
    if found := _MONTH_ONLY.search(clause):
        month = _month(found["month"])
        year = int(found["year"]) if found["year"] else _nearest_year(month, 15, today)
        return f"{year:04}-{month:02}"
    if found := _YEAR.search(clause):
        return found["year"]
    if re.search(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b", clause, re.IGNORECASE):
        return today.isoformat()
    return _relative(clause, today)


def _relative(clause: str, today: date) -> str | None:
    """ "yesterday", "two weeks ago", "next month": as exactly as it is said, a week as "2024-W18"."""
    found = _RELATIVE.search(clause)
    if found is None:
        return None
    base = datetime(today.year, today.month, today.day)  # noqa: DTZ001 - the library counts in naive days
    day: datetime | None = dateparser.parse(
        found[0], languages=["en"], settings={"RELATIVE_BASE": base, "TIMEZONE": "UTC", "TO_TIMEZONE": "UTC"}
    )
    if day is None:
        return None
    unit = (found["unit"] or found["span"] or "day").lower()
    if unit == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    return day.date().isoformat()[: {"month": 7, "year": 4, "decade": 4}.get(unit, 10)]


def is_background(text: str, published: datetime, *, since: date | None, age: float) -> bool:
    """Whether the clause tells past history: its main clause is dated before `since`, or `age` seconds before publication.

    "In 2018 the bridge fell", "Last year Oru bought tanks", "Two years ago ..." are; "the pact of 2018 has lapsed", where the
    main verb is of today, is not, nor is "died on Friday, the worst since 1918".
    """
    clause, today = main_clause(text), published.date()
    limit = since or today - timedelta(seconds=min(age, 1e9))
    dated = _oldest(clause, today)
    if dated is None:
        return bool(_PAST_WORDS.search(clause)) and not _NOW.search(clause)
    return dated < limit and not _NOW.search(clause)


def place_of(text: str) -> str | None:
    """The first place that the main clause names after a preposition of place."""
    places = (found["place"] for found in _PLACE.finditer(main_clause(text)))
    place = next((place for place in places if not (_month_or_day(place) or _of_people(place))), None)
    return place.removesuffix("'s").removesuffix("’s") if place else None


def _of_people(name: str) -> bool:
    """Whether the name ends as one of a people: "in [Russian] airspace"."""
    return name.rsplit(maxsplit=1)[-1].casefold() in DEMONYMS


def _month_or_day(word: str) -> bool:
    first = word.split(maxsplit=1)[0].rstrip(".").lower()
    return first.removesuffix("day") in _DAYS or first in _MONTHS or first[:3] in {m[:3] for m in _MONTHS if len(first) <= 4}


def _month(name: str) -> int:
    return [month[:3] for month in _MONTHS].index(name[:3].lower()) + 1


def _day(found: re.Match[str], today: date) -> date | None:
    month = _month(found["month"] or found["month2"])
    day = int(found["day"] or found["day2"])
    year = int(found["year"]) if found["year"] else _nearest_year(month, min(day, 28), today)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest_year(month: int, day: int, today: date) -> int:
    years = (y for y in (today.year - 1, today.year, today.year + 1) if 1 <= y <= 9999)
    return min(years, key=lambda year: abs((date(year, month, day) - today).days))


def _oldest(clause: str, today: date) -> date | None:
    """The latest day that the clause's oldest date may mean; None where it names no date of the past."""
    days: list[date] = []
    if (found := _FULL.search(clause)) and (day := _day(found, today)):
        days.append(day)
    days += [date(int(m["year"]), 12, 31) for m in _YEAR.finditer(clause) if int(m["year"]) < today.year]
    for found in _AGO.finditer(clause):
        count = found["count"].lower()
        length = (int(count) if count.isdigit() else _COUNTS.get(count, 3)) * _LENGTHS[found["unit"].lower()]
        days.append(date.fromordinal(max(1, today.toordinal() - min(length, today.toordinal() - 1))))
    for found in _LAST.finditer(clause):
        unit = found["unit"].lower()
        days.append(today - timedelta(days=90 if unit in _SEASONS else {"week": 7, "month": 25}.get(unit, 180)))
    return min(days, default=None)
