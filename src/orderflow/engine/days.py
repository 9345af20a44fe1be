"""Local days as stretches of time: when one begins, and which one a moment lies in.

A local day is the half-open stretch from its beginning to the next day's, so that days follow each other without gap or overlap
in every zone, also where the clock is changed at midnight (Beirut, Havana) or a day was left out (Apia, 2011-12-30: it is empty).
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def beginning(day: date, zone: tzinfo) -> datetime:
    """The first moment of a local day, in UTC: midnight, or the end of the gap that swallows midnight."""
    midnight = datetime.combine(day, time.min, zone)
    moment = midnight.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return moment
    # midnight does not exist: by the offset after the gap it lies before the change of the clock, by the one before the gap
    # not before it (PEP 495); in between is the change, at a whole second
    before = midnight.replace(fold=1).astimezone(UTC)
    while moment - before > _SECOND:
        middle = before + (moment - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).date() < day:
            before = middle
        else:
            moment = middle
    return moment


def day_of(moment: datetime, zone: tzinfo) -> date:
    """The local day that a moment lies in."""
    day = moment.astimezone(zone).date()
    # where the clock goes back over midnight, the day that has begun stays begun
    return day + _DAY if beginning(day + _DAY, zone) <= moment else day
