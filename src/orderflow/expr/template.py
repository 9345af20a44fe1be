"""Texts with expressions in them: `订单 {order.order_id} 待拣货`, `WZ{placed_at:%Y%m%d}-{sequence:06}`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from orderflow.diagnostics.message import Message
from orderflow.expr import formats
from orderflow.expr.check import analyse
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.python import compile_all
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Expression
from orderflow.expr.view import View

#: The longest text of a template, in characters, and the most expressions in it.
LENGTH = 10_000
SLOTS = 50


@dataclass(frozen=True, slots=True)
class Slot:
    """An expression in a text and the format in which it is shown (empty: the default of its type).

    `start` is where it begins in the text.
    """

    expression: Expression
    format: str = ""
    start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Template:
    """A checked text: literal parts and slots, in order. Data only; `compile_template` makes a function of it."""

    text: str
    parts: tuple[str | Slot, ...]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions in the text."""
        return tuple(part.expression for part in self.parts if isinstance(part, Slot))


Rendered = Callable[[Mapping[str, object], View], str]


def parse_template(text: str, scope: Scope) -> Template | list[Fault]:
    """Split and check a text.

    Returns:
        The template, or all faults; their offsets are in characters of the whole text.
    """
    try:
        pieces = _split(text)
    except Refused as refused:
        return list(refused.faults)
    parts: list[str | Slot] = []
    faults: list[Fault] = []
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(piece)
            continue
        found = analyse(piece.source, replace(scope, lenient=False))
        if isinstance(found, list):
            faults.extend(_moved(fault, piece.start) for fault in found)
            continue
        end = piece.start + len(piece.source)
        if found.type.optional:
            faults.append(_optional(piece, end))
        wrong = formats.problem(found.type, piece.format)
        if wrong is not None:
            faults.append(
                Fault("OF102", wrong[0], piece.start, end + bool(piece.format) + len(piece.format), wrong[1])
            )
        parts.append(Slot(found, piece.format, piece.start))
    return faults or Template(text, tuple(parts))


def compile_template(template: Template) -> Rendered:
    """A function `f(r, v)` that gives the text; datetimes are shown in the view's zone."""
    functions = iter(compile_all(template.expressions))
    steps = [
        part
        if isinstance(part, str)
        else (next(functions), formats.formatter(part.expression.type, part.format))
        for part in template.parts
    ]

    def render(r: Mapping[str, object], v: View) -> str:
        return "".join(step if isinstance(step, str) else step[1](step[0](r, v), v.zone) for step in steps)

    return render


@dataclass(frozen=True, slots=True)
class _Piece:
    source: str
    start: int
    format: str


def _optional(piece: _Piece, end: int) -> Fault:
    text = piece.source.strip()
    fix = Message(
        'say what stands there instead: `coalesce({text}, ...)`, or `... if {text} is not None else "-"`',
        text=text,
    )
    return Fault(
        "OF103",
        Message("`{text}` may be missing", text=text),
        piece.start,
        end,
        fix,
        None,
        Message("may be missing"),
    )


def _moved(fault: Fault, start: int) -> Fault:
    if fault.missing:  # a text has no `and`: something has to be shown
        fix = Message(
            'write `coalesce({text}, ...)`, or `... if {text} is not None else "-"`', text=fault.missing
        )
        fault = replace(fault, fix_message=fix)
    return replace(fault, start=fault.start + start, end=fault.end + start)


def _split(text: str) -> list[str | _Piece]:
    """Literal parts and expressions, unchecked."""
    if len(text) > LENGTH:
        raise Refused(
            Fault(
                "OF106",
                Message("the text is longer than {LENGTH:,} characters", LENGTH=LENGTH),
                0,
                len(text),
                Message("shorten it"),
            )
        )
    pieces: list[str | _Piece] = []
    literal: list[str] = []
    place = slots = 0
    while place < len(text):
        letter = text[place]
        if letter in "{}" and text[place : place + 2] == letter * 2:
            literal.append(letter)
            place += 2
        elif letter == "}":
            message = Message("`}}` closes nothing; a brace in a text is written twice")
            raise Refused(Fault("OF106", message, place, place + 1, Message("replace with `}}}}`"), "}}"))
        elif letter == "{":
            if literal:
                pieces.append("".join(literal))
                literal.clear()
            piece, place = _piece(text, place)
            pieces.append(piece)
            slots += 1
            if slots > SLOTS:
                message = Message("the text has more than {SLOTS} expressions", SLOTS=SLOTS)
                raise Refused(Fault("OF106", message, place - 1, place, Message("split it into several")))
        else:
            literal.append(letter)
            place += 1
    if literal:
        pieces.append("".join(literal))
    return pieces


def _piece(text: str, opened: int) -> tuple[_Piece, int]:
    """The expression behind an opening brace, and the place after its closing one."""
    place, depth, quote, colon = opened + 1, 0, "", -1
    while place < len(text):
        letter = text[place]
        if quote:
            if letter == "\\":
                place += 1
            elif letter == quote:
                quote = ""
        elif letter == "}":
            source = text[opened + 1 : place if colon < 0 else colon]
            return _Piece(source, opened + 1, "" if colon < 0 else text[colon + 1 : place]), place + 1
        elif colon < 0:
            if letter in "\"'":
                quote = letter
            elif letter == "{":
                break  # no expression has a brace: the one before was not closed
            elif letter in "([":
                depth += 1
            elif letter in ")]":
                depth -= 1
            elif letter == ":" and depth <= 0:
                colon = place
        place += 1
    message = Message("`{{` is not closed; a brace in a text is written twice")
    raise Refused(
        Fault(
            "OF106",
            message,
            opened,
            opened + 1,
            Message("add `}}` after the expression, or write `{{{{`"),
            None,
        )
    )
