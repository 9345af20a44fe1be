"""Two clocks: the machine's, and one that is set by hand."""

from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved: for tests, scenarios and the replay of history.

    Args:
        now: the moment at which it stands, aware.
    """

    def __init__(self, now: datetime) -> None:
        self._now = _aware(now)

    def now(self) -> datetime:
        """The moment at which it stands, aware UTC."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Move it to a moment (aware), forwards or backwards."""
        self._now = _aware(moment)

    def advance(self, by: timedelta) -> None:
        """Move it on by a length of time."""
        self._now += by


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a clock needs a moment with a time zone")
    return moment.astimezone(UTC)
