"""Names in any script: how they are normalised, and which are refused because they look like others."""

import unicodedata

from orderflow.diagnostics.lookalikes import is_unseen, letter_name, strange
from orderflow.diagnostics.message import Message, joined
from orderflow.expr.fault import Fault

#: Scripts that are written together in one language.
_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"}),
    frozenset({"CJK", "HANGUL", "IDEOGRAPHIC"}),
    frozenset({"CJK", "BOPOMOFO", "IDEOGRAPHIC"}),
)


def normalise(name: str) -> str:
    """The one spelling of a name: NFKC, as Python's own identifiers.

    >>> normalise("ｐaid")
    'paid'
    """
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def scripts(name: str) -> frozenset[str]:
    """The scripts of a name's letters; digits, marks and underscores belong to all, and so does a closing `_id`.

    >>> sorted(scripts("paid_2"))
    ['LATIN']
    >>> sorted(scripts("订单_id"))
    ['CJK']
    """
    if name.isascii():
        return frozenset({"LATIN"})
    found = set()
    for letter in name.removesuffix("_id"):  # the key of an entity without one is called so, in any script
        if unicodedata.category(letter)[0] == "L":
            found.add(unicodedata.name(letter, "UNKNOWN").split(" ")[0])
    return frozenset(found)


def problem(name: str) -> str | None:
    """What is wrong with a normalised name, or None: it must be an identifier of one script.

    >>> problem("实收金额_2") is None
    True
    >>> problem("p\\u0430id")
    'mixes the scripts cyrillic and latin; letters that look alike would be told apart by nobody'
    """
    if not name.isidentifier():
        return Message("is no name: use letters, digits and `_`, not starting with a digit")
    used = scripts(name)
    if len(used) > 1 and not any(used <= together for together in _TOGETHER):
        return Message(
            "mixes the scripts {scripts}; letters that look alike would be told apart by nobody",
            scripts=joined(sorted(script.lower() for script in used), " and "),
        )
    return None


def misread(name: str, start: int) -> Fault | None:
    """The fault of a name with a letter that is not what it seems to be, or None.

    Args:
        name: the name as it is written.
        start: where it begins in the source.
    """
    found = strange(name)
    if found is None:
        return None
    at, right = found
    letter, other = name[at], "" if is_unseen(name[at]) else right[at]
    note = Message("{letter}", letter=letter_name(letter))
    if is_unseen(letter):
        message = Message("`{name}` has a character in it that nobody sees", name=right)
    else:
        message = Message(
            "`{name}` mixes scripts: its `{letter}` only looks like `{other}`",
            name=name,
            letter=letter,
            other=other,
        )
    alone = f"{name[:at]}{other}{name[at + 1 :]}" == right
    reach, better = ((at, at + 1), other) if alone else ((0, len(name)), right)
    fix = Message("replace with `{better}`", better=right)
    return Fault("OF105", message, start + reach[0], start + reach[1], fix, better, note)
