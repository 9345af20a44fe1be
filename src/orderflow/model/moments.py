"""Dates, moments and durations from text, and the calendar that all of them stay inside."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from orderflow.diagnostics.message import Message
from orderflow.model.fault import ValueFault

#: The calendar: what lies outside is refused, so that no sum in a rule can leave Python's own.
FIRST_YEAR, LAST_YEAR = 1970, 2199
LONGEST = timedelta(days=36_525)

_LONGEST_SECONDS = LONGEST // timedelta(seconds=1)
_DURATION = re.compile(r"([0-9]{1,10}) ?([smhd])")
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def to_datetime(value: object, zone: tzinfo) -> datetime:
    """The moment a value means, in UTC; without an offset it is local time in `zone` (of two, the first).

    Raises:
        ValueFault: it is no moment, or lies outside 1970 to 2199.
    """
    moment = value
    if isinstance(value, str):
        text = value.strip()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        else:
            if len(text) < 16 or text[4] != "-" or text[7] != "-" or text[10] not in "T ":
                moment = None
        if moment is None:
            if is_iso_day(text):
                raise ValueFault(
                    Message("needs a time of day as well: write `{text}T00:00:00` for midnight", text=text)
                )
            raise ValueFault(Message("must be a date with a time such as `2026-02-03T09:00:00`"), value)
    if not isinstance(moment, datetime):
        raise ValueFault(Message("must be a date with a time such as `2026-02-03T09:00:00`"), value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    if FIRST_YEAR - 1 <= moment.year <= LAST_YEAR + 1:
        moment = moment.astimezone(UTC)
        if FIRST_YEAR <= moment.year <= LAST_YEAR:
            return moment
    raise ValueFault(
        Message(
            "must lie in the years {FIRST_YEAR} to {LAST_YEAR}", FIRST_YEAR=FIRST_YEAR, LAST_YEAR=LAST_YEAR
        ),
        value,
    )


def to_date(value: object) -> date:
    """The day a value means; a moment counts only when it is midnight.

    Raises:
        ValueFault: it is no day, or lies outside 1970 to 2199.
    """
    day: date | None = None
    if isinstance(value, datetime):
        day = value.date() if value.tzinfo is None and value.time() == value.min.time() else None
    elif isinstance(value, date):
        day = value
    elif isinstance(value, str):
        text = value.strip()
        if is_iso_day(text[:10]) and text[10:] in ("", " 00:00:00", "T00:00:00", " 00:00", "T00:00"):
            day = date.fromisoformat(text[:10])
    if day is None:
        raise ValueFault(Message("must be a day such as `2026-02-03`"), value)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueFault(
            Message(
                "must lie in the years {FIRST_YEAR} to {LAST_YEAR}",
                FIRST_YEAR=FIRST_YEAR,
                LAST_YEAR=LAST_YEAR,
            ),
            value,
        )
    return day


def to_duration(value: object) -> timedelta:
    """The length of time a value means: `90s`, `15m`, `26h`, `15d`.

    Raises:
        ValueFault: it is no duration, or longer than 100 years.
    """
    if isinstance(value, timedelta):
        length = value
    else:
        match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            raise ValueFault(Message("must be a duration such as `90s`, `15m`, `26h` or `15d`"), value)
        # never more than a timedelta can hold, however many digits were written
        length = timedelta(seconds=min(int(match[1]) * _UNIT_SECONDS[match[2]], 2 * _LONGEST_SECONDS))
    if abs(length) > LONGEST:
        raise ValueFault(Message("must not be longer than 100 years"), value)
    return length


def is_iso_day(text: str) -> bool:
    """Whether a text is a day of the calendar, written `2026-02-03`."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
