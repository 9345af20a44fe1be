"""Which findings are shown: by code, or by the beginning of a code."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from orderflow.diagnostics.catalogue import codes
from orderflow.diagnostics.diagnostic import Diagnostic
from orderflow.diagnostics.message import Message
from orderflow.diagnostics.nearest import nearest


@dataclass(frozen=True, slots=True)
class Selection:
    """What is shown, and what is left out of that.

    Args:
        select: codes or beginnings of codes, such as `OF101` and `OF2`; everything when empty.
        ignore: likewise, what is left out.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.select or self.ignore)

    def takes(self, found: Diagnostic) -> bool:
        """Whether a finding is shown."""
        chosen = not self.select or found.code.startswith(self.select)
        return chosen and not (self.ignore and found.code.startswith(self.ignore))


class UnknownCodeError(ValueError):
    """A code that no finding has; `.message` says so, with the code that was most likely meant."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


def read_codes(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of lists such as `OF101,of2`.

    Raises:
        UnknownCodeError: a code neither exists nor begins one that does.
    """
    known = codes()
    found: dict[str, None] = {}
    for word in (part.strip() for text in texts for part in re.split(r"[,，\s]", text)):
        if not word:
            continue
        code = word.upper()
        if not any(one.startswith(code) for one in known):
            said = unknown_code(word)
            if nearest(code, known) is None:
                said += Message("; there are {codes}", codes=", ".join(known))
            raise UnknownCodeError(said)
        found[code] = None
    return tuple(found)


def unknown_code(word: str) -> Message:
    """Return what to say of a code that does not exist."""
    close = nearest(word.upper(), codes())
    if close is None:
        return Message("there is no code `{word}`", word=word)
    return Message("there is no code `{word}`; did you mean `{close}`?", word=word, close=close)
