"""Arguments of another kind than a function takes, and what to write instead."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from orderflow.diagnostics.message import NOTHING, Message, joined
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.functions import FUNCTIONS
from orderflow.expr.literals import meant
from orderflow.expr.tree import Call, Constant, Node
from orderflow.expr.types import NUMBERS, Kind, describe

if TYPE_CHECKING:
    from orderflow.expr.check import Checker

#: Functions of a part of a moment beside the durations of nearly the same name.
_PARTS = {"hour": "hours", "minute": "minutes", "day": "days"}
_LENGTHS = {"hours": "hour", "minutes": "minute", "days": "day"}


def of_kind(checker: "Checker", node: Call, argument: Node, kinds: Collection[Kind]) -> None:
    """Refuse an argument of another kind.

    Raises:
        Refused: with the fault.
    """
    found = argument.type.kind
    if found in kinds:
        return
    text, function = checker.text(argument), node.function
    source = checker.source[argument.start : argument.end]
    if function == "day" and found is Kind.DATE:
        fix = Message("write `{text}` alone", text=text)
        raise Refused(
            Fault("OF102", Message("`{text}` is a date already", text=text), node.start, node.end, fix, text)
        )
    takes = joined(sorted(kinds), " or ")
    message = Message(
        "`{function}` takes {takes}; `{text}` is {kind}",
        function=function,
        takes=takes,
        text=text,
        kind=describe(argument.type),
    )
    start, end = argument.start, argument.end
    other = (
        _PARTS.get(function)
        if found in NUMBERS
        else _LENGTHS.get(function)
        if found is Kind.DATETIME
        else None
    )
    if other is not None:
        fix = Message("replace `{function}` with `{other}`", function=function, other=other)
        raise Refused(Fault("OF102", message, node.name_start, node.name_end, fix, other))
    fix, better = Message("write it like `{example}`", example=FUNCTIONS[function].example), None
    if function == "age" and found is Kind.DATE:
        fix = Message("write `today - {text}`", text=text)
    elif Kind.DATE in kinds and found is Kind.DATETIME:
        better, fix = f"day({source})", Message("write `day({text})`", text=text)
    elif Kind.DATETIME in kinds and found is Kind.DATE and function in _PARTS:
        fix = Message("a date has no time of day; take a datetime")
    elif isinstance(argument, Constant) and isinstance(argument.value, str):
        better = next(
            (made for kind in sorted(kinds) if (made := meant(argument.value, kind)) is not None), None
        )
        if better is not None:
            fix = Message("replace with `{better}`", better=better)
    raise Refused(Fault("OF102", message, start, end, fix, better))


#: What must be written out: in which places, and what it is.
_WRITTEN = {
    "date": ((0, 1, 2), Message("a year, a month and a day")),
    "replace": ((1, 2), Message("the text to look for and the one to put there")),
    "matches": ((1,), Message("a pattern, in quotes")),
}


def written_out(node: Call) -> None:
    """Refuse a call in which something is worked out that has to stand there as it is.

    Raises:
        Refused: with the fault.
    """
    places, what = _WRITTEN.get(node.function, ((), NOTHING))
    for place in places:
        argument = node.arguments[place]
        kind: type = int if node.function == "date" else str
        value = argument.value if isinstance(argument, Constant) else None
        if not isinstance(value, kind) or isinstance(value, bool):
            message = Message("`{function}` takes {what}, written out", function=node.function, what=what)
            fix = Message("write it like `{example}`", example=FUNCTIONS[node.function].example)
            raise Refused(Fault("OF102", message, argument.start, argument.end, fix))
