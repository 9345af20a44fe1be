"""Functions that ask for the state of a record and for its way so far."""

from fractions import Fraction
from typing import TYPE_CHECKING

from orderflow.diagnostics.message import Message, joined
from orderflow.diagnostics.nearest import nearest
from orderflow.expr import ranges
from orderflow.expr.altered import replace
from orderflow.expr.calls_names import named
from orderflow.expr.fault import Fault, Refused, Wanted
from orderflow.expr.flow import Facts, key
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Call, Constant, Name, Node
from orderflow.expr.types import BOOL, CALENDAR, DATETIME, DURATION, TEXT_TYPE, optional

if TYPE_CHECKING:
    from orderflow.expr.check import Checker

LIFECYCLE = frozenset(
    {"is_in", "is_open", "reached", "reached_at", "entered", "time_in", "is_held", "held_since"}
)
#: Nobody stays longer than the calendar is.
_STAY = ranges.within(DURATION, (Fraction(0), Fraction(CALENDAR[1])))


def lifecycle(checker: "Checker", node: Call, facts: Facts) -> tuple[Node, Facts, Facts]:
    """The typed call with its leaf states, and the facts after it was true or was false.

    Raises:
        Refused: an argument is no state.
    """
    depth = checker.names.state_frame()
    scope = checker.names.frames[depth].scope
    if node.function in ("is_held", "held_since"):
        holds = tuple(
            named(node, place, sorted(scope.around.holds), Message("hold"))
            for place in range(len(node.arguments))
        )
        node = replace(node, arguments=holds, depth=depth)
        if node.function == "held_since":
            return replace(node, type=optional(DATETIME)), facts, facts
        moment = key(replace(node, function="held_since"))
        return replace(node, type=BOOL), facts.with_present(moment), facts
    _known(node, scope)
    arguments = tuple(replace(argument, type=TEXT_TYPE) for argument in node.arguments)
    node = replace(node, arguments=arguments, depth=depth)
    names = [str(argument.value) for argument in arguments if isinstance(argument, Constant)]
    possible = facts.states.get(depth, scope.leaves)
    match node.function:
        case "is_in":
            inside = frozenset[str]().union(*(scope.states[name] for name in names))
            node = replace(node, states=_sorted(inside), type=BOOL)
            return (
                node,
                _in_states(facts, depth, possible & inside),
                _in_states(facts, depth, possible - inside),
            )
        case "is_open":
            node = replace(node, states=_sorted(scope.final), type=BOOL)
            return (
                node,
                _in_states(facts, depth, possible - scope.final),
                _in_states(facts, depth, possible & scope.final),
            )
        case "entered":
            node = replace(node, states=_sorted(scope.states[names[0]]), type=optional(DATETIME))
            return node, facts, facts
        case "time_in":
            node = replace(node, states=_sorted(scope.states[names[0]]), type=_STAY)
            return node, facts, facts
    since = scope.since(names[0])
    node = replace(node, states=_sorted(since))
    if node.function == "reached_at":
        return replace(node, type=optional(DATETIME)), facts, facts
    return replace(node, type=BOOL), facts.with_present(("reached_at", depth, since)), facts


def _in_states(facts: Facts, depth: int, states: frozenset[str]) -> Facts:
    return facts.with_states(depth, states) if states else replace(facts, dead=True)


def _sorted(states: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(states))


def _known(node: Call, scope: Scope) -> None:
    """Refuse what is no state, all at once."""
    faults = []
    for argument in node.arguments:
        if isinstance(argument, Constant) and isinstance(argument.value, str):
            if argument.value in scope.states:
                continue
            guess = nearest(argument.value, scope.states)
            fix = Message("replace with `{guess}`", guess=guess) if guess else _states(scope)
            replacement = f'"{guess}"' if guess else None
            message = Message("unknown state `{value}`", value=argument.value)
            note = Message("not a state")
            wanted = Wanted("state", argument.value, tuple(scope.states), guess, (scope.entity,), '"', '"')
            faults.append(
                Fault("OF101", message, argument.start, argument.end, fix, replacement, note, wanted)
            )
            continue
        quoted = (
            f'"{argument.path[0]}"'
            if isinstance(argument, Name) and argument.path[0] in scope.states
            else None
        )
        fix = (
            Message("replace with `{quoted}`", quoted=quoted)
            if quoted
            else Message('write the name of a state in quotes: `{function}("paid")`', function=node.function)
        )
        message = Message("`{function}` takes the name of a state, in quotes", function=node.function)
        faults.append(Fault("OF102", message, argument.start, argument.end, fix, quoted))
    if faults:
        raise Refused(*faults)


def _states(scope: Scope) -> Message:
    names = joined((Message("`{name}`", name=name) for name in list(scope.states)[:12]), ", ")
    return (
        Message("use one of {names}", names=names)
        if names
        else Message("`{entity}` has no states here", entity=scope.entity)
    )
