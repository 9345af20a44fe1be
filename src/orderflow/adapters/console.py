"""Effects as lines of text: what would be sent, for demonstrations and for trying out rules."""

from collections import Counter
from typing import TextIO

from orderflow.model.decision import Effect

_LONGEST = 200


class ConsoleNotifier:
    """Prints one line an effect, such as `notify → warehouse: 订单 1001 待拣货`.

    Args:
        stream: where to print.
        limit: after so many lines it only counts; None prints all.
    """

    def __init__(self, stream: TextIO, limit: int | None = None) -> None:
        self._stream = stream
        self._limit = limit
        self._printed = 0
        self._hidden: Counter[str] = Counter()

    def deliver(self, effect: Effect) -> None:
        """Print the effect, or count it once the limit is reached."""
        if self._limit is not None and self._printed >= self._limit:
            self._hidden[effect.action] += 1
            return
        self._printed += 1
        self._stream.write(f"{line_of(effect)}\n")

    def summary(self) -> str:
        """How many effects of each action were not shown; empty when all were."""
        if not self._hidden:
            return ""
        counts = ", ".join(f"{action} × {count:,}" for action, count in sorted(self._hidden.items()))
        return f"… and {self._hidden.total():,} more: {counts}"


def line_of(effect: Effect) -> str:
    """An effect in one line: what is done, to whom, with which words; what holds private fields is masked.

    >>> line_of(Effect("1:1:1", "1", "tell", "notify", {"to": "warehouse", "message": "order 1 is paid"}))
    'notify → warehouse: order 1 is paid'
    """
    parameters = {
        name: "****" if name in effect.private else _one_line(str(value))
        for name, value in effect.parameters.items()
    }
    words = [parameters.pop(name) for name in ("message", "content") if name in parameters]
    places = [parameters.pop(name) for name in ("document", "system", "to", "via") if parameters.get(name)]
    words += [f"{name} {value}" for name, value in parameters.items()]
    head = " → ".join([effect.use, *places])
    return f"{head}: {', '.join(words)}" if words else head


def _one_line(text: str) -> str:
    """Nothing in a text may move the cursor or colour the terminal."""
    shown = "".join(char if char.isprintable() else " " for char in text[: _LONGEST + 1])
    return f"{shown[:_LONGEST]}…" if len(shown) > _LONGEST else shown
