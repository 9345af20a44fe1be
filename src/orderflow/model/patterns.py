"""The named patterns that a text field may ask for: regular expressions that match in linear time."""

import re
from typing import NamedTuple


class NamedPattern(NamedTuple):
    """A shape that a whole text must have; `example` shows one that does."""

    name: str
    regex: re.Pattern[str]
    means: str
    example: str


_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})"

#: Every pattern that a rule set may name. No two parts of one expression can match the same text in two ways,
#: so none of them backtracks.
PATTERNS = {
    pattern.name: pattern
    for pattern in (
        NamedPattern("cn_mobile", re.compile(r"1[3-9][0-9]{9}"), "a Chinese mobile number", "13800000000"),
        NamedPattern(
            "email",
            re.compile(rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+"),
            "an e-mail address",
            "name@example.com",
        ),
        NamedPattern("digits", re.compile(r"[0-9]+"), "digits only", "0042"),
    )
}
