"""What is wrong with a value that does not fit its field."""

from typing import Final

_NO_VALUE: Final = object()


class ValueFault(ValueError):  # noqa: N818 - a fault of the user's value, not an error of the program
    """A value that does not fit: what it must be, in words. The value stands apart, to be masked."""

    def __init__(self, problem: str, value: object = _NO_VALUE) -> None:
        super().__init__(problem)
        self.problem = problem
        self.value = value

    def __str__(self) -> str:
        return self.problem if self.value is _NO_VALUE else f"{self.problem}, not {shown(self.value)}"

    def of(self, name: str, private: bool) -> "ValueFault":
        """The same fault, saying which field it is about; a private value is left out."""
        return ValueFault(f"`{name}` {self.problem if private else self}")


def shown(value: object) -> str:
    """A value as a message may show it: one line, in backticks, cut when long."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, dict):
        return "a group of keys"
    text = "".join(char if char.isprintable() else "\N{WHITE SQUARE}" for char in str(value)[:41])
    return f"`{text[:40]}…`" if len(text) > 40 else f"`{text}`"
