"""The first look at an expression: tokens, limits and foreign spellings, before a parser sees it.

Python's parser keeps a C stack and would be slow or crash on hostile text. The scan is linear, refuses what is too
long or too deep, and knows the spellings of other languages, so that the message can say what to write instead.
"""

import keyword
import re
import unicodedata
from typing import NamedTuple

from orderflow.diagnostics.message import Message
from orderflow.expr.fault import Fault
from orderflow.expr.foreign import NO_OPERATORS, OPERATORS, PUNCTUATION, WORDS
from orderflow.expr.names import misread, normalise, problem
from orderflow.expr.units import with_thousands, with_unit

#: The longest source, in bytes of UTF-8.
SOURCE_BYTES = 2_048
#: The most nodes in a tree; also a bound for tokens, from which trees grow.
NODES = 300
#: The deepest tree, and the deepest nesting of brackets.
DEPTH = 30
#: The most faults that are told of one source: what has more is no expression.
FAULTS = 10
#: The most digits of a number, before and after the point together.
DIGITS = 38

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<text>"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
      | (?P<number>[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9]+)?(?:\w*)(?:%(?=\s*(?:\Z|[)\],<>=!]|(?:and|or|if|else)\b)))?)
      | (?P<name>[^\W0-9]\w*)
      | (?P<wide>[＜＞！＝][=＝]|[<>!=]＝)
      | (?P<operator>:=|==|!=|<=|>=|<>|//|\*\*|&&|\|\||->|<<|>>|[-+*/%<>=!&|^~.,:;@()\[\]{}])
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)

_VALUES = frozenset({"name", "number", "text"})
_KEYWORDS = frozenset(keyword.kwlist) - {"None", "True", "False"}
#: Operators that are right wherever a parser takes them: nearly half of all tokens.
_PLAIN = frozenset(
    {
        *("==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "//", "%", "(", ")", "[", "]", ",", "."),
        *("and", "or", "not", "is", "in"),
    }
)
_CLOSING = {")": "(", "]": "["}


class Token(NamedTuple):
    """A piece of the source; `sort` is the name of its kind."""

    sort: str
    text: str
    start: int
    end: int


def scan(source: str) -> tuple[list[Token], list[Fault]]:
    """The tokens of a source without its spaces, and everything that keeps it from being parsed.

    Returns:
        The tokens, and the faults; with faults the tokens are not fit for a parser.
    """
    if not source.strip():
        return [], [
            _fault(Message("the expression is empty"), 0, len(source), Message("write what must be true"))
        ]
    if len(source) > SOURCE_BYTES or len(source.encode("utf-8", "replace")) > SOURCE_BYTES:
        return [], [
            _fault(
                Message("the expression is longer than {SOURCE_BYTES:,} bytes", SOURCE_BYTES=SOURCE_BYTES),
                0,
                len(source),
                Message("split it into several"),
            )
        ]
    tokens = [
        Token(match.lastgroup or "", match[0], *match.span())
        for match in _TOKEN.finditer(source)
        if match.lastgroup != "space"
    ]
    if "," in source:
        tokens = [Token(*each) for each in with_thousands(tokens)]
    faults: list[Fault] = []
    previous = Token("", "", 0, 0)
    for token in tokens:
        if token.text not in _PLAIN:
            faults.extend(_look(token, previous) or _between(previous, token))
        if len(faults) >= FAULTS:
            return tokens, faults[:FAULTS]
        previous = token
    return tokens, faults or _sizes(tokens, len(source))


def _look(token: Token, previous: Token) -> list[Fault]:
    """What is wrong with one token."""
    match token.sort:
        case "number":
            return _number(token)
        case "text":
            return _text(token, previous)
        case "name":
            return _name(token)
        case "operator":
            return _operator(token)
        case _:
            return [_other(token)]


def _between(previous: Token, token: Token) -> list[Fault]:
    """Two values without an operator between them."""
    if token.sort not in _VALUES or token.text in _KEYWORDS:
        return []
    if previous.text in (")", "]") or (previous.sort in _VALUES and previous.text not in _KEYWORDS):
        message = Message("an operator is missing before `{short}`", short=_short(token.text))
        return [_at(token, message, Message("join the two with `and`, `or` or a comparison"))]
    return []


def _number(token: Token) -> list[Fault]:
    text = token.text
    plain = text.replace("_", "")
    if not _NUMBER.fullmatch(text):
        better = with_unit(text)
        if better is not None:
            return [_at(token, *better)]
        if "_" in text and _NUMBER.fullmatch(plain):
            return [
                _at(
                    token,
                    Message("`{short}` is written without `_`", short=_short(text)),
                    Message("remove the `_`"),
                    plain,
                )
            ]
        if text.endswith(".") and text[:-1].isdigit():
            return [
                _at(
                    token,
                    Message("`{short}` ends with a point", short=_short(text)),
                    Message("remove the point"),
                    text[:-1],
                )
            ]
        if re.fullmatch(r"[0-9.]+[eE][0-9+-]*", text):
            return [
                _at(
                    token,
                    Message("`{short}` has an exponent", short=_short(text)),
                    Message("write all its digits"),
                )
            ]
        return [
            _at(
                token,
                Message("`{short}` is no number", short=_short(text)),
                Message("write digits, with a point before decimal places"),
            )
        ]
    whole, _, places = text.partition(".")
    if len(whole) > 1 and whole.startswith("0"):
        return [
            _at(
                token,
                Message("`{short}` starts with 0", short=_short(text)),
                Message("remove the leading 0"),
                text.lstrip("0") if not places else None,
            )
        ]
    if len(whole) + len(places) > DIGITS:
        return [
            _at(
                token,
                Message("`{short}` has more than {DIGITS} digits", short=_short(text), DIGITS=DIGITS),
                Message("write a smaller number"),
            )
        ]
    if len(places) > 6:
        return [
            _at(
                token,
                Message("`{short}` has more than 6 decimal places", short=_short(text)),
                Message("round it to 6 places"),
            )
        ]
    return []


def _text(token: Token, previous: Token) -> list[Fault]:
    if previous.end == token.start and previous.sort == "name":
        return [
            _at(
                previous,
                Message("`{short}` before a text is not part of the language", short=_short(previous.text)),
                Message("remove it"),
            )
        ]
    if previous.sort == "text":
        return [
            _at(
                token,
                Message("two texts follow each other"),
                Message("join them in one pair of quotes, or put `,` between them"),
            )
        ]
    for escape in _ESCAPE.finditer(token.text):
        if escape[1] not in "\\\"'":
            start = token.start + escape.start()
            return [
                _fault(
                    Message("`{short}` in a text is not known", short=_short(escape[0])),
                    start,
                    start + 2,
                    Message("write `\\\\` for a backslash"),
                )
            ]
    for place, letter in enumerate(token.text):
        if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            start = token.start + place
            return [
                _fault(
                    Message("the invisible character U+{ord:04X} in a text", ord=ord(letter)),
                    start,
                    start + 1,
                    Message("remove it"),
                )
            ]
    return []


def _name(token: Token) -> list[Fault]:
    better = WORDS.get(token.text)
    if better is not None:
        return [
            _at(
                token,
                Message("`{text}` is written `{better}` here", text=token.text, better=better),
                Message("replace with `{better}`", better=better),
                better,
            )
        ]
    if token.text.isascii():
        return []
    name = normalise(token.text)
    if name.isascii() and not name.isidentifier():
        return [
            _at(
                token,
                Message("`{short}` has full-width characters", short=_short(token.text)),
                Message("replace with `{short}`", short=_short(name)),
                name,
            )
        ]
    odd = misread(token.text, token.start)
    if odd is not None:
        return [odd]
    wrong = problem(name)
    return (
        []
        if wrong is None
        else [
            _at(
                token,
                Message("`{short}` {wrong}", short=_short(name), wrong=wrong),
                Message("write it in one script"),
            )
        ]
    )


def _operator(token: Token) -> list[Fault]:
    if token.text in OPERATORS:
        better, message = OPERATORS[token.text]
        return [_at(token, message, Message("replace with `{strip}`", strip=better.strip()), better)]
    if token.text in NO_OPERATORS:
        return [_at(token, NO_OPERATORS[token.text], Message("write it with the operators of the language"))]
    return []


def _other(token: Token) -> Fault:
    letter = token.text
    if token.sort == "wide" or letter in PUNCTUATION:
        better = PUNCTUATION.get(letter) or unicodedata.normalize("NFKC", letter)
        return _at(
            token,
            Message("`{letter}` is a full-width or typographic character", letter=letter),
            Message("replace with `{strip}`", strip=better.strip()),
            better,
        )
    if letter in "\"'":
        return _at(
            token, Message("a text is not closed"), Message("add `{letter}` at its end", letter=letter)
        )
    if letter == "#":
        return _at(
            token,
            Message("a comment cannot stand inside an expression"),
            Message("put it on a line of its own"),
        )
    if letter == "`":
        return _at(token, Message("backquotes are not part of an expression"), Message("remove them"))
    if letter == "$":
        return _at(token, Message("`$` is not part of an expression"), Message("write the name alone"), "")
    category = unicodedata.category(letter)
    if category == "Zs":
        return _at(
            token,
            Message("the space U+{ord:04X} is not an ordinary one", ord=ord(letter)),
            Message("replace with a space"),
            " ",
        )
    if category[0] in "CZ":
        return _at(
            token, Message("the invisible character U+{ord:04X}", ord=ord(letter)), Message("remove it"), ""
        )
    plain = unicodedata.normalize("NFKC", letter)
    if plain != letter and plain.isascii():
        return _at(
            token,
            Message("`{letter}` is a full-width character", letter=letter),
            Message("replace with `{plain}`", plain=plain),
            plain,
        )
    return _at(
        token, Message("`{letter}` has no meaning in an expression", letter=letter), Message("remove it")
    )


def _sizes(tokens: list[Token], length: int) -> list[Fault]:
    """Brackets that do not match, and what would make the tree too large or too deep."""
    if len(tokens) > 2 * NODES:
        return [
            _fault(
                Message("the expression has more than {NODES} parts", NODES=NODES),
                0,
                length,
                Message("split it into several"),
            )
        ]
    opened: list[Token] = []
    prefix = 0
    for token in tokens:
        if token.text in ("(", "["):
            opened.append(token)
            if len(opened) > DEPTH:
                return [
                    _at(
                        token,
                        Message("brackets are nested more than {DEPTH} deep", DEPTH=DEPTH),
                        Message("split the expression"),
                    )
                ]
        elif token.text in _CLOSING and token.sort == "operator":
            if not opened or opened[-1].text != _CLOSING[token.text]:
                return [
                    _at(
                        token,
                        Message("`{text}` closes no bracket", text=token.text),
                        Message("remove it, or open one before it"),
                        "",
                    )
                ]
            opened.pop()
        prefix = prefix + 1 if token.text in ("-", "+", "not") else 0
        if prefix > DEPTH:
            return [
                _at(
                    token,
                    Message("more than {DEPTH} signs or `not` in a row", DEPTH=DEPTH),
                    Message("write one or none"),
                )
            ]
    return [
        _at(token, Message("`{text}` is not closed", text=token.text), Message("add the closing bracket"))
        for token in opened[-1:]
    ]


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def _at(token: Token, message: Message, fix: Message, replacement: str | None = None) -> Fault:
    return _fault(message, token.start, token.end, fix, replacement)


def _fault(message: Message, start: int, end: int, fix: Message, replacement: str | None = None) -> Fault:
    return Fault("OF106", message, start, end, fix, replacement)
