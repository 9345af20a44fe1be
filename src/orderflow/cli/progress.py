"""How far a long run has come, on stderr: a bar on a terminal, now and then a line elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TextIO

#: Called with (done, in all).
Progress = Callable[[int, int], None]

_SECONDS = 2.0


@contextmanager
def progress(what: str, stream: TextIO | None = None) -> Iterator[Progress]:
    """Give a function to call as work goes on."""
    target = stream if stream is not None else sys.stderr
    if target.isatty():
        with _bar(what) as call:
            yield call
    else:
        yield Lines(what, target)


class Lines:
    """Progress as lines, at most one in two seconds, so that a log stays short.

    Args:
        what: what is counted, such as `events`.
        clock: seconds from some fixed moment.
    """

    def __init__(self, what: str, stream: TextIO, clock: Callable[[], float] = monotonic) -> None:
        self._what, self._stream, self._clock = what, stream, clock
        self._last = clock()

    def __call__(self, done: int, total: int) -> None:
        """Say how far it is, unless that was said just before."""
        now = self._clock()
        if now - self._last < _SECONDS:
            return
        self._last = now
        share = f" ({done / total:.0%})" if total else ""
        self._stream.write(f"{done:,} of {total:,} {self._what}{share}\n")
        self._stream.flush()


@contextmanager
def _bar(what: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
