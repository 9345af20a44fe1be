"""The day on which a parcel is promised."""

from datetime import date, datetime, time, timedelta, tzinfo

from orderflow.expr.calendars import Workdays, moved, works_on
from orderflow.model.moments import FIRST_YEAR, LAST_YEAR

_FIRST, _LAST = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)


def promised_day(
    start: datetime,
    cutoff: time | None,
    days: int,
    buffer: int,
    zone: tzinfo,
    calendar: Workdays | None = None,
) -> date:
    """The local day of `start`, one more when it is later than the cutoff, plus `days` plus `buffer`.

    Days are counted on the calendar, so a change of the clock moves nothing. A day outside 1970 to 2199 becomes the first
    or the last day of those years.

    With a calendar of working days, these are counted: what starts on a day off, or later than the cutoff, starts on the next
    working day.

    Args:
        start: aware.
        cutoff: a local time of day; at the cutoff itself is not later.
        days: how long the carrier takes; `buffer`: what is added for caution.
        zone: the time zone of the rule set.
        calendar: whose working days count; every day, if left out.
    """
    local = start.astimezone(zone)
    later = cutoff is not None and local.time() > cutoff
    day = local.date()
    if calendar is None:
        wanted = day.toordinal() + later + days + buffer
    else:
        first = day.toordinal()
        if later or not works_on(calendar, first):
            first = moved(calendar, first, 1)
        wanted = moved(calendar, first, days + buffer)
    return day + timedelta(days=min(max(wanted, _FIRST.toordinal()), _LAST.toordinal()) - day.toordinal())
