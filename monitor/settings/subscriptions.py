"""Who wants which developments, when, and where."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Discriminator, Field, Tag

from monitor.records import Sensitivity
from monitor.settings.base import HOUR, MINUTE, Duration, Model, Slug, Text, refusal

Kind = Literal["new_claim", "new_number", "number_changed", "position_change", "unread", "corroboration", "health"]
Stance = Literal["asserts", "confirms", "denies", "estimates", "alleges", "warns", "promises", "refuses", "considers"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

NEVER = "never"
"""What turns `still_watching` off."""
GROUP_INTERVAL = 15 * MINUTE
"""What `group_interval` is for channels that call a person, where it is not set."""

_TIME = re.compile(r"(\d{1,2}):(\d\d)")


def check_time(value: str) -> str:
    """Refuses what is no time of day."""
    found = _TIME.fullmatch(value)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise refusal(f'"{value}" is no time of day', 'write one such as "22:00", in quotation marks')
    return value


def check_zone(value: str) -> str:
    """Refuses what is no time zone, and proposes one of that city."""
    if value in available_timezones():
        return value
    city = value.rpartition("/")[2].replace(" ", "_").casefold()
    like = sorted(zone for zone in available_timezones() if zone.rpartition("/")[2].casefold() == city)
    raise refusal(f'"{value}" is no time zone', f"write {like[0]}" if like else "write one such as Europe/Berlin or UTC")


def check_cron(value: str) -> str:
    """Refuses what is no cron expression, and one that never comes due."""
    try:
        next(CronSim(value, datetime(2024, 1, 1)))  # noqa: DTZ001  any day will do, and none has a zone here
    except CronSimError as error:
        fix = 'write minute, hour, day, month and weekday, such as "0 8 * * mon-fri" for 8:00 on working days'
        raise refusal(f'"{value}" is no cron expression: {error}', fix) from error
    except StopIteration:
        raise refusal(f'"{value}" never comes due') from None
    return value


def check_cron_or_never(value: str) -> str:
    """Refuses what is neither a cron expression nor `never`."""
    return value if value == NEVER else check_cron(value)


def time_of(value: str) -> time:
    """A time of day that was checked."""
    return time.fromisoformat(value.zfill(len("00:00")))


TimeOfDay = Annotated[Text, AfterValidator(check_time)]
Zone = Annotated[Text, AfterValidator(check_zone)]
Cron = Annotated[Text, AfterValidator(check_cron)]


def _form(value: object) -> str | None:
    if isinstance(value, list | tuple):
        return "list"
    return "all" if value == "all" else None


Topics = Annotated[
    Annotated[tuple[Slug, ...], Tag("list"), Field(min_length=1)] | Annotated[Literal["all"], Tag("all")],
    Discriminator(
        _form, custom_error_type="topics", custom_error_message="`all` or a list of topics such as [treaty] was expected"
    ),
]


class QuietHours(Model):
    """Hours in which nothing is sent. What comes in them is held and told when they end, each story as it then stands."""

    start: TimeOfDay
    """When they begin, such as "22:00", in the subscription's time zone."""
    end: TimeOfDay
    """When they end; an end before the start lies on the next day."""
    days: tuple[Weekday, ...] = Field(default=WEEKDAYS, min_length=1)
    """Days on which they begin."""
    urgent: tuple[Kind, ...] = ()
    """Kinds of developments that pass all the same."""


class RateLimit(Model):
    """How many messages may come in a time. What is more is told in one digest, which says so."""

    messages: int = Field(ge=1, le=1000)
    """Messages, each with one development or several."""
    per: Duration = Field(default=HOUR, gt=0)
    """In which time."""


class Subscription(Model):
    """Who wants which developments, when, and where."""

    topics: Topics = "all"
    """Topics by slug, or all."""
    kinds: tuple[Kind, ...] = Field(
        default=("new_claim", "new_number", "number_changed", "position_change", "unread"), min_length=1
    )
    """Kinds of developments. `unread` comes of topics that set `other_languages: tell`; `corroboration` tells again what was
    told, each time that one more origin carries it; `health` what is wrong with the monitor itself, such as a feed that fails."""
    channels: tuple[Slug, ...] = Field(min_length=1)
    """Channels by name; each has an outbox of its own."""
    min_origins: int = Field(default=1, ge=1)
    """Independent origins that must carry a development before it is told."""
    sensitivity: Sensitivity | None = None
    """How sure the monitor must be, for this subscription; unset: as each topic says. What is less sure waits for `digest`, or
    where there is none for 8:00."""
    min_confidence: float = Field(default=0.0, ge=0, le=1)
    """Confidence, from 0 to 1, that a development must have reached before it is told."""
    speakers: tuple[Text, ...] = ()
    """Only what one of these persons, bodies, states or organisations says."""
    stances: tuple[Stance, ...] = ()
    """Only what is said so, such as `[denies, confirms]`."""
    units: tuple[Text, ...] = ()
    """Only figures in these units, such as `[soldiers, USD]`; developments without a figure are not told then."""
    min_change: float | None = Field(default=None, gt=0)
    """A changed number must differ by this much, in its unit, from what this subscription was told last."""
    min_change_percent: float | None = Field(default=None, gt=0)
    """A changed number must differ by this many percent from what this subscription was told last."""
    outlets: tuple[Text, ...] = ()
    """Only what one of these carries: outlets or publishers as they are called, or feeds by slug."""
    not_outlets: tuple[Text, ...] = ()
    """Not what these alone carry."""
    words: tuple[Text, ...] = ()
    """Only where the sentence or the entry's title holds one of these words or phrases, in any case."""
    digest: Cron | None = None
    """When all that has come is told in one message, as a cron expression ("0 8 * * mon-fri"); unset: each at once."""
    time_zone: Zone = "UTC"
    """The reader's time zone, such as Europe/Berlin: for `digest`, `quiet_hours` and the times in messages."""
    quiet_hours: QuietHours | None = None
    """Hours in which nothing is sent; unset: none."""
    rate_limit: RateLimit | None = None
    """How many messages may come in a time; unset: any number."""
    group_interval: Duration | None = None
    """After a message, what becomes of the same story within this time is told in one follow-up; a changed position passes.
    Unset: `15m`, and none on channels of type terminal, file and atom, which call nobody."""

    still_watching: Annotated[Text, AfterValidator(check_cron_or_never)] = "0 9 * * mon"
    """When a sign of life is told, as a cron expression: for each topic the feeds that are alive, and how much was read, matched,
    told and held back since the last one; `never`: not at all."""

    @property
    def zone(self) -> ZoneInfo:
        """The reader's time zone."""
        return ZoneInfo(self.time_zone)
