"""Arguments that name something of the rules, in quotes."""

from collections.abc import Collection

from orderflow.diagnostics.message import Message, joined
from orderflow.diagnostics.nearest import nearest
from orderflow.expr.altered import replace
from orderflow.expr.fault import Fault, Refused, Wanted
from orderflow.expr.functions import FUNCTIONS
from orderflow.expr.tree import Call, Constant, Name, Node
from orderflow.expr.types import TEXT_TYPE


def named(
    node: Call, place: int, known: Collection[str], what: Message, owners: tuple[str, ...] = ()
) -> Constant:
    """The argument at `place`, the name of a `what` in quotes.

    Args:
        known: the names there are.
        owners: the entities that may declare them.

    Raises:
        Refused: it is not written out, or nothing has that name.
    """
    argument = node.arguments[place]
    if not isinstance(argument, Constant) or not isinstance(argument.value, str):
        quoted = _quoted(argument, known)
        fix = (
            Message("replace with `{quoted}`", quoted=quoted)
            if quoted
            else Message("write it like `{example}`", example=FUNCTIONS[node.function].example)
        )
        message = Message("`{function}` takes the name of {a}, in quotes", function=node.function, a=_a(what))
        raise Refused(Fault("OF102", message, argument.start, argument.end, fix, quoted))
    if argument.value not in known:
        guess = nearest(argument.value, known)
        fix = Message("replace with `{guess}`", guess=guess) if guess else listed(known, what)
        replacement = f'"{guess}"' if guess else None
        message = Message("unknown {what} `{value}`", what=what, value=argument.value)
        note = Message("not {a}", a=_a(what))
        wanted = Wanted(what, argument.value, tuple(known), guess, owners, '"', '"')
        raise Refused(Fault("OF101", message, argument.start, argument.end, fix, replacement, note, wanted))
    return replace(argument, type=TEXT_TYPE)


def listed(known: Collection[str], what: Message) -> Message:
    """What to do where a name is not known: take one of these, or declare it."""
    names = joined((Message("`{name}`", name=name) for name in list(known)[:12]), ", ")
    return (
        Message("use one of {names}", names=names)
        if names
        else Message("declare the {what} first; there is none that can be named here", what=what)
    )


def _quoted(argument: Node, known: Collection[str]) -> str | None:
    """The name in quotes, where they were forgotten."""
    if isinstance(argument, Name) and len(argument.path) == 1 and argument.path[0] in known:
        return f'"{argument.path[0]}"'
    return None


def _a(what: Message) -> Message:
    return Message("an {what}", what=what) if what[0] in "aeiou" else Message("a {what}", what=what)
