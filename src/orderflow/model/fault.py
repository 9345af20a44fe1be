"""What is wrong with a value that does not fit its field."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from orderflow.diagnostics.message import Message

_NO_VALUE: Final = object()
#: Larger whole numbers are not written out.
_MOST_BITS = 1_000


class ValueFault(ValueError):  # noqa: N818 - a fault of the user's value, not an error of the program
    """A value that does not fit: what it must be, in words. The value stands apart, to be masked."""

    def __init__(self, problem: Message, value: object = _NO_VALUE) -> None:
        super().__init__(problem)
        self.problem = problem
        self.value = value

    def __str__(self) -> str:
        return self.message

    @property
    def message(self) -> Message:
        """The problem with the value."""
        if self.value is _NO_VALUE:
            return self.problem
        return Message("{problem}, not {shown}", problem=self.problem, shown=shown(self.value))

    def of(self, name: str, private: bool) -> "ValueFault":
        """The same fault, saying which field it is about; a private value is left out."""
        return ValueFault(
            Message("`{name}` {problem}", name=name, problem=self.problem if private else self.message)
        )


def shown(value: object) -> Message:
    """A value as a message may show it: one line, in backticks, cut when long."""
    if value is None:
        return Message("missing")
    if isinstance(value, bool):
        return Message("`{value}`", value="true" if value else "false")
    if isinstance(value, (list, tuple)):
        return Message("a list")
    if isinstance(value, Mapping):
        return Message("a group of keys")
    if not isinstance(value, (str, int, float, Decimal, date, timedelta)):
        return Message("a value of another kind")
    if (
        isinstance(value, int) and value.bit_length() > _MOST_BITS
    ):  # Python refuses to write out thousands of digits
        return Message("a number of very many digits")
    text = "".join(char if char.isprintable() else "\N{WHITE SQUARE}" for char in str(value)[:41])
    return Message("`{text}`", text=f"{text[:40]}…" if len(text) > 40 else text)
