"""The day on which a parcel is promised."""

from datetime import date, datetime, time, timedelta, tzinfo

from orderflow.model.moments import FIRST_YEAR, LAST_YEAR

_FIRST, _LAST = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)


def promised_day(start: datetime, cutoff: time | None, days: int, buffer: int, zone: tzinfo) -> date:
    """The local day of `start`, one more when it is later than the cutoff, plus `days` plus `buffer`.

    Days are counted on the calendar, so a change of the clock moves nothing. A day outside 1970 to 2199 becomes the first
    or the last day of those years.

    Args:
        start: aware.
        cutoff: a local time of day; at the cutoff itself is not later.
        days: how long the carrier takes; `buffer`: what is added for caution.
        zone: the time zone of the rule set.
    """
    local = start.astimezone(zone)
    later = 1 if cutoff is not None and local.time() > cutoff else 0
    day = local.date()
    wanted = day.toordinal() + later + days + buffer
    return day + timedelta(days=min(max(wanted, _FIRST.toordinal()), _LAST.toordinal()) - day.toordinal())
