"""Letters that look like others, after the idea of Unicode Technical Standard #39 (skeletons of identifiers).

The table is a small one: the letters that pass for a Latin letter in the fonts of editors, Katakana that pass for Chinese
characters, and Chinese characters that differ by the length of a stroke.
"""

import unicodedata
from functools import cache

#: What a letter passes for, in pairs: the letters, then what each of them looks like.
_PAIRS = (
    ("аеорсухіјѕһԁԛԝӏ", "aeopcyxijshdqwl"),  # Cyrillic small
    ("АВЕКМНОРСТХЅІЈҮԌԚԜӀ", "ABEKMHOPCTXSIJYGQWI"),  # Cyrillic capital
    ("αγικνορυ", "ayikvopu"),  # Greek small
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),  # Greek capital
    ("օսհոցզյՏՍՕԼ", "ouhngqjSUOL"),  # Armenian
    ("ᎠᎡᎢᎪᎫᎬᎳᎷᎻᎽᏀᏃᏚᏙᏞᏟᏢᏦᏴ", "DRTAJEWMHYGZSVLCPKB"),  # Cherokee
    ("ɑɡıȷɩ", "agiji"),  # Latin letters of phonetics and of Turkish
    ("ロニカエタトハオチヌムメリヒノー", "口二力工夕卜八才千又厶乂刂匕丿一"),  # Katakana
    ("へべぺり", "ヘベペリ"),  # Hiragana like Katakana
    ("己巳末曰士", "已已未日土"),  # Chinese, a stroke apart
)
_PASSES = {letter: other for letters, others in _PAIRS for letter, other in zip(letters, others, strict=True)}
#: By script, the letters of it that Latin ones pass for.
_BACK = {
    script: {
        other: letter for letter, other in _PASSES.items() if unicodedata.name(letter).startswith(script)
    }
    for script in ("CYRILLIC", "GREEK")
}
#: Digits and capitals that people mistake for small letters of the same script.
_MISTAKEN = {"0": "o", "O": "o", "1": "l", "I": "l"}
#: Characters of names that nobody sees: fillers, joiners, variation selectors (Unicode's default ignorable ones).
_UNSEEN = frozenset(
    {0xAD, 0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x200B, 0x200C, 0x200D, 0x2060, 0x3164, 0xFEFF, 0xFFA0}
)


def passes_for(letter: str) -> str | None:
    """The letter of another script, or the other Chinese character, that a letter looks just like.

    >>> passes_for("\\u0430")
    'a'
    """
    return _PASSES.get(letter)


def is_unseen(letter: str) -> bool:
    """Whether a character of a name is one that nobody sees."""
    code = ord(letter)
    return (
        code in _UNSEEN or 0xFE00 <= code <= 0xFE0F or 0x180B <= code <= 0x180F or 0xE0000 <= code <= 0xE0FFF
    )


def seen(name: str) -> str:
    """A name as people see it: letters that pass for others replaced, what nobody sees left out.

    >>> seen("p\\u0430id")
    'paid'
    """
    if name.isascii():
        return name
    plain = unicodedata.normalize("NFKC", name)
    return "".join(_PASSES.get(letter, letter) for letter in plain if not is_unseen(letter))


@cache
def skeleton(name: str) -> str:
    """What a name looks like: names of one skeleton cannot be told apart by eye.

    >>> skeleton("p\\u0430id") == skeleton("paid")
    True
    >>> skeleton("line_1") == skeleton("line_l")
    True
    >>> skeleton("paid") == skeleton("Paid")
    False
    """
    return "".join(_MISTAKEN.get(letter, letter) for letter in seen(name))


def looks(name: str) -> tuple[str, str]:
    """The two things by which names are confused: what they look like, and how they are read out."""
    plain = name if name.isascii() else unicodedata.normalize("NFKC", name)
    return skeleton(name), plain.casefold()


def strange(name: str) -> tuple[int, str] | None:
    """Where a name has a letter that is not what it seems to be, and the name put right; None when there is none.

    It is one that nobody sees, or one of another script that passes for a Latin letter among Latin ones, or a Latin one
    among Cyrillic or Greek ones. A name that is altogether of another script is fine by itself.

    >>> strange("p\\u0430id")
    (1, 'paid')
    >>> strange("\\u0441\\u043e\\u0440") is None
    True
    >>> strange("\\u043c\\u0435c\\u0442\\u043e") == (2, "\\u043c\\u0435\\u0441\\u0442\\u043e")
    True
    """
    if name.isascii():
        return None
    right = "".join(_PASSES.get(letter, letter) for letter in name if not is_unseen(letter))
    at = next((at for at, letter in enumerate(name) if is_unseen(letter)), None)
    if right.isascii() and any(letter.isascii() and letter.isalpha() for letter in name):
        at = next(at for at, letter in enumerate(name) if not letter.isascii()) if at is None else at
        return at, right
    if at is None:
        return _latin_among_others(name)
    return at, "".join(letter for letter in name if not is_unseen(letter))


def _latin_among_others(name: str) -> tuple[int, str] | None:
    """The same of a name of another script in which every Latin letter passes for one of that script."""
    stem = name.removesuffix("_id")  # the key of an entity without one is called so, in any script
    for script, own in _BACK.items():
        right = "".join(own.get(letter, letter) for letter in stem)
        at = next((at for at, letter in enumerate(stem) if letter in own), None)
        if at is not None and all(
            unicodedata.name(letter, "").startswith(script) for letter in right if letter.isalpha()
        ):
            return at, right + name[len(stem) :]
    return None


def letter_name(letter: str) -> str:
    """What Unicode calls a character, as in `CYRILLIC SMALL LETTER A`."""
    return unicodedata.name(letter, f"U+{ord(letter):04X}")
