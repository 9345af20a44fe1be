"""What is wrong with a value that does not fit its field."""

from typing import Final

from orderflow.diagnostics.message import Message

_NO_VALUE: Final = object()


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
    if isinstance(value, dict):
        return Message("a group of keys")
    text = "".join(char if char.isprintable() else "\N{WHITE SQUARE}" for char in str(value)[:41])
    return Message("`{text}`", text=f"{text[:40]}…" if len(text) > 40 else text)
