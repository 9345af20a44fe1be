"""Whether an expression is so plain that the scan would find nothing in it: most are, and looking takes a tenth of the time."""

import keyword
import re

from orderflow.expr.foreign import WORDS

#: Longer ones, and deeper brackets, are scanned.
_LENGTH, _DEPTH = 300, 20
_PLAIN = re.compile(
    r"""(?:
        [A-Za-z_][A-Za-z0-9_]*+(?!["'])                            # no prefix of a text
      | (?:0|[1-9][0-9]{0,17}+)(?:\.[0-9]{1,6}+)?+(?![\w.]|,[0-9])    # no unit, no thousands
      | "[ !\#-\[\]-~\u4e00-\u9fff]*+"(?!\s*["'])                   # one text, not two
      | [=!<>]=|[-+/%<>(),.\[\]]|\*(?!\*)
      | [ ]
    )++""",
    re.VERBOSE,
)
_NAMES = re.compile(r"[A-Za-z]+")
#: What would be told of at once, and what Python alone reads.
_NOT_OURS = frozenset(WORDS) | (
    frozenset(keyword.kwlist) - {"None", "True", "False", "and", "or", "not", "is", "in", "if", "else"}
)


def is_plain(source: str) -> bool:
    """True when a scan of the source would find no fault but one that Python's parser stumbles over as well."""
    return (
        len(source) <= _LENGTH
        and source.count("(") <= _DEPTH
        and _PLAIN.fullmatch(source) is not None
        and _NOT_OURS.isdisjoint(_NAMES.findall(source))
    )
