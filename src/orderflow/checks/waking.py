"""Conditions that nothing would look at again when they turn, and a path that is not there (OF106).

What time turns is looked at where the conditions are read (`compiler/expressions.py`); here it is what others turn: stock
that comes in, limits that become free.
"""

from collections.abc import Callable, Iterator, Mapping

from orderflow.checks.finding import error, warning
from orderflow.checks.places import part_of
from orderflow.compiler.documents_found import Documents
from orderflow.compiler.insertion import add_items, remove_entry, remove_item
from orderflow.compiler.nodes import ListNode, name_of
from orderflow.compiler.part import Part
from orderflow.diagnostics import Diagnostic, Fix
from orderflow.diagnostics.message import Message, joined
from orderflow.expr.tree import And, Call, Constant, Expression, Node, Not, Or, children
from orderflow.model.definition import Definition, Entity, Transition, Trigger
from orderflow.model.standing import Hold

STOCK = "stock"
#: Functions that count units of stock.
_COUNTING = frozenset({"on_hand", "available", "pooled"})
#: Moves that need units which nobody has taken yet.
_NEEDING = frozenset({"damage", "pool"})
#: Makes the repair that adds names to `retry_on`, given what it is in words.
_Add = Callable[[Transition | Hold, tuple[str, ...], Message], Fix]


def check_waits(
    entity: Entity, rules: Definition, documents: Documents, sources: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Findings about transitions and holds that wait for stock or for a limit, or should.

    They are about whole families, so all entities must be sound.

    Args:
        entity: the entity.
        rules: the rule set.
        documents: what its files say.
        sources: the text of each file.
    """

    def add(item: Transition | Hold, names: tuple[str, ...], words: Message) -> Fix:
        section = "transitions" if isinstance(item, Transition) else "holds"
        part = part_of(documents, entity.name, section, item.name)
        if part is None or part.span != item.span:
            return Fix(words)
        return add_items(part, "retry_on", names, words, sources, "when")

    for transition in entity.transitions.values():
        yield from _transition(transition, entity, rules, add)
    for hold in entity.holds.values():
        asked = _asked(hold.when)
        for name in hold.retry_on:
            if name not in asked:
                text = Message(
                    "hold `{name}` waits for {called}, and its `when` does not ask for it",
                    name=hold.name,
                    called=_called(name),
                )
                words = Message("remove `{name}` from `retry_on`", name=name)
                part = part_of(documents, entity.name, "holds", hold.name)
                fix = _without(part, name, words, sources)
                yield warning("OF106", text, hold.span, fix)
        for name in sorted(asked):
            if name not in hold.retry_on:
                text = Message(
                    "hold `{name}` asks for {called}, and nothing would look again when there is more",
                    name=hold.name,
                    called=_called(name),
                )
                fix = add(hold, (name,), _add((name,), hold.retry_on))
                yield error("OF106", text, hold.span, fix, Message("it would stay on"))


def _transition(transition: Transition, entity: Entity, rules: Definition, add: _Add) -> Iterator[Diagnostic]:
    """A transition that asks for something that others use up must say that it may wait for it."""
    taken, asked = _taken(transition, entity, rules), _asked(transition.when)
    for name in transition.retry_on:
        if name not in taken | asked:
            text = Message(
                "`{name}` waits for {called}, but takes none", name=transition.name, called=_called(name)
            )
            state = Message("remove `retry_on`, or enter a state that a resource names in `held_in`")
            yield warning("OF106", text, transition.span, state)
    if transition.trigger is Trigger.EVENT:
        return
    waits = transition.retry_on
    untried = sorted(taken - asked - set(waits)) if transition.trigger is Trigger.AUTOMATIC else []
    unasked = sorted(_hoped(transition.when) - set(waits))
    if unasked:  # one repair for all that it does not wait for
        called = joined((_called(name) for name in unasked), " and ")
        text = Message(
            "`{name}` asks for {called}, and nothing would look again when there is more",
            name=transition.name,
            called=called,
        )
        names = (*unasked, *untried)
        fix = add(transition, names, _add(names, waits))
        yield error("OF106", text, transition.span, fix, Message("nobody sends an event that would"))
    elif untried:
        called = joined((_called(name) for name in untried), " and ")
        text = Message(
            "`{name}` takes {called}; when there is none, nothing would try again",
            name=transition.name,
            called=called,
        )
        names = tuple(untried)
        words = Message("{add}, so that {waker} wakes it", add=_add(names, waits), waker=_waker(untried[0]))
        yield warning("OF106", text, transition.span, add(transition, names, words))


def _without(part: Part | None, name: str, words: Message, sources: Mapping[str, str]) -> Fix:
    """The repair: the name taken out of several in `retry_on`, or `retry_on` itself with its only one."""
    entry = None if part is None else part.node.entry("retry_on")
    if part is None or entry is None:
        return Fix(words)
    if isinstance(entry.value, ListNode) and len(entry.value.items) > 1:
        named = next((node for node in part.scalars("retry_on") if name_of(node) == name), None)
        return Fix(words) if named is None else remove_item(entry.value, named, words, sources)
    return remove_entry(part.node, entry, words, sources)


def _called(name: str) -> Message:
    return Message("stock") if name == STOCK else Message("`{name}`", name=name)


def _waker(name: str) -> Message:
    return Message("a receipt") if name == STOCK else Message("whoever gives some back")


def _add(names: tuple[str, ...], present: tuple[str, ...]) -> Message:
    """The repair: `retry_on` with the names."""
    several = (*present, *names)
    listed = ", ".join(several)
    if len(several) > 1:
        return Message("add `retry_on: [{names}]`", names=listed)
    return Message("add `retry_on: {names}`", names=listed)


def _asked(condition: Expression | None) -> frozenset[str]:
    """What a condition asks for that others use up: stock, amounts of a limit."""
    if condition is None:
        return frozenset()
    reads = condition.reads
    stock = {STOCK} if reads.policies or reads.positions else set()
    return frozenset(stock | reads.resources)


def _hoped(condition: Expression | None) -> frozenset[str]:
    """The same for what can make the condition true when there is more of it: not what stands under a `not`."""
    return frozenset() if condition is None else frozenset(_more(condition.root, True))


def _more(node: Node, positive: bool) -> Iterator[str]:
    match node:
        case Not(operand=operand):
            yield from _more(operand, not positive)
        case And(items=items) | Or(items=items):
            for item in items:
                yield from _more(item, positive)
        case Call(function="can_source"):
            yield from [STOCK] if positive else []
        case Call(function="can_take", arguments=(Constant(value=str(name)), *_)):
            yield from [name] if positive else []
        case Call(function=function) if function in _COUNTING:
            yield STOCK
        case _:
            for part in children(node):  # of other parts it cannot be told which way they turn
                yield from _more(part, True)
                yield from _more(part, False)


def _taken(transition: Transition, entity: Entity, rules: Definition) -> frozenset[str]:
    """What a transition takes, and so may find too little of."""
    found = {STOCK for move in transition.moves if move.kind in _NEEDING}
    if transition.creates is not None:
        child = rules.entities.get(entity.children[transition.creates].entity)
        if child is not None:
            # what a child draws on somebody's limit is not among what its parent may wait for
            found |= {STOCK} & _held(child, {child.initial})
    if transition.target is None:
        return frozenset(found)
    entered = set(entity.states[transition.target].leaves)
    left = {leaf for source in transition.sources for leaf in entity.states[source].leaves}
    return frozenset(found | (_held(entity, entered) - _held(entity, left)))


def _held(entity: Entity, leaves: set[str]) -> set[str]:
    """What is held in some states: `stock`, and the names of amounts."""
    return {
        STOCK if resource.kind == STOCK else resource.name
        for resource in entity.resources.values()
        if resource.kind != "token" and leaves & set(entity.states[resource.held_in].leaves)
    }


def check_path(entity: Entity, rules: Definition) -> Iterator[Diagnostic]:
    """A state that shows its children's progress needs to know the order of theirs."""
    for state in entity.states.values():
        if state.shows is None:
            continue
        child = rules.entities.get(entity.children[state.shows].entity)
        if child is not None and not child.path:
            text = Message(
                "`{name}` shows the least of `{shows}`, but `{name2}` has no `path`",
                name=state.name,
                shows=state.shows,
                name2=child.name,
            )
            yield error(
                "OF106",
                text,
                state.span,
                Message("add `path: [...]` to the entity `{name}`", name=child.name),
            )
