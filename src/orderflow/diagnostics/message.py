"""What a finding says: an English text that remembers how it was made, so that it can be said in another language."""

from collections.abc import Callable, Iterable
from functools import cache
from string import Formatter

_FORMATTER = Formatter()


class Message(str):
    """An English text made of a template and values; to everybody else a plain text.

    Args:
        template: the text with `{name}` where a value goes, as `str.format` reads it; braces of its own are doubled.
        values: the values. Between backticks, and as `{name!s}`, they are taken as they are: code and names. Elsewhere
            a message among them is translated with the whole, and a plain text looked up as a word of the language.

    >>> Message("unknown {what} `{name}`", what="state", name="shiped")
    'unknown state `shiped`'
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> "Message":
        """Make the English text."""
        made = super().__new__(cls, template.format(**values))
        made.template = template
        made.values = values
        return made

    def __add__(self, other: str, /) -> "Message":
        """Return both, one after the other."""
        return Message("{first}{second}", first=self, second=other)

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.template, self.values)

    def translated(self, look_up: Callable[[str], str | None]) -> str:
        """Return the text in another language.

        Args:
            look_up: gives the template (or word) in that language for an English one; None where there is none.
        """
        template = look_up(self.template) or self.template
        as_is = _as_is(self.template)
        values = {
            name: value if name in as_is else _said(value, look_up) for name, value in self.values.items()
        }
        return template.format(**values)

    def placeholders(self) -> frozenset[str]:
        """Return the names that stand in the template."""
        return placeholders(self.template)


def placeholders(template: str) -> frozenset[str]:
    """Return the names of the values that a template asks for."""
    return frozenset(name for _, name, _, _ in _FORMATTER.parse(template) if name)


@cache
def _as_is(template: str) -> frozenset[str]:
    """The names of the values that no language changes: those between backticks, and those marked `!s`."""
    found, inside = set(), False
    for literal, name, _, conversion in _FORMATTER.parse(template):
        inside ^= literal.count("`") % 2 == 1
        if name and (inside or conversion == "s"):
            found.add(name)
    return frozenset(found)


def joined(parts: Iterable[str], between: str = ", ") -> Message:
    """Return several texts as one, such as `a, b` or `a or b`; what stands between them is translated, too."""
    several = list(parts)
    names = [f"item{index}" for index in range(len(several))]
    template = "{between}".join(f"{{{name}}}" for name in names)
    return Message(template, between=Message(between), **dict(zip(names, several, strict=True)))


def _said(value: object, look_up: Callable[[str], str | None]) -> object:
    if isinstance(value, Message):
        return value.translated(look_up)
    if isinstance(value, str):
        return look_up(str(value)) or str(value)
    return value


def _again(template: str, values: dict[str, object]) -> Message:
    return Message(template, **values)


#: Nothing to say.
NOTHING = Message("")
