"""The patterns that have names."""

from typing import NamedTuple

from orderflow.diagnostics.message import Message


class NamedPattern(NamedTuple):
    """A shape that a whole text must have; `means` says it in words."""

    source: str
    means: Message
    example: str


_LABEL = "[A-Za-z0-9][A-Za-z0-9-]{0,62}"

#: Every pattern that a rule set may name.
PATTERNS = {
    "cn_mobile": NamedPattern("1[3-9][0-9]{9}", Message("a Chinese mobile number"), "13800000000"),
    "email": NamedPattern(
        rf"[A-Za-z0-9!#$%&'*+/=?\^_`\{{|\}}~.-]{{1,64}}@{_LABEL}(\.{_LABEL})+",
        Message("an e-mail address"),
        "name@example.com",
    ),
    "digits": NamedPattern("[0-9]+", Message("digits only"), "0042"),
}
