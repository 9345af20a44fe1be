"""Effects of one step that conflict: units moved twice, a field set twice, an action done twice (OF209)."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from orderflow.checks.assume import in_state, is_true, settled
from orderflow.checks.clauses import shape
from orderflow.checks.doing import Use, place_of, steps_of
from orderflow.checks.finding import error, warning
from orderflow.checks.graph import leaf_after, source_leaves
from orderflow.checks.places import key_span, part_of, value_span
from orderflow.compiler.documents_found import Documents
from orderflow.diagnostics import Diagnostic, Label, Message
from orderflow.expr.template import Template
from orderflow.model.definition import Action, Definition, Entity, Queue, Transition
from orderflow.model.standing import StockMove
from orderflow.model.stock import EFFECTS, Effects

#: Kinds of move that say how many units there are, not how many more.
_SETTING = frozenset({"count", "safety"})


def check_effects(entity: Entity, rules: Definition, documents: Documents) -> Iterator[Diagnostic]:
    """Findings about what one step of an entity does twice.

    Args:
        entity: whose transitions are looked at.
        rules: the rule set, for its actions, promises and queues.
        documents: where everything stands.
    """
    for transition in entity.transitions.values():
        yield from _moves(transition)
        yield from _sets(transition, entity, rules, documents)
    yield from _actions(entity, rules, documents)


# ---- moves -------------------------------------------------------------------------------------------------------


def _moves(transition: Transition) -> Iterator[Diagnostic]:
    """Of two moves of the same units that change the same quantity the same way, the second one is too many."""
    told: set[int] = set()
    for (_, first), (place, second) in combinations(enumerate(transition.moves), 2):
        quantity = _both_change(first, second)
        if quantity is None or place in told:
            continue
        told.add(place)
        text = (
            Message("`{name}` moves the same units twice: `{kind}`", name=transition.name, kind=second.kind)
            if first.kind == second.kind
            else Message(
                "`{name}` moves the same units twice: `{first}` and `{second}` both change what is {quantity}",
                name=transition.name,
                first=first.kind,
                second=second.kind,
                quantity=Message(quantity.replace("_", " ")),
            )
        )
        labels = (Label(first.span, Message("the first time")),)
        yield error(
            "OF209", text, second.span, Message("remove one of them"), Message("a second time"), labels
        )


def _both_change(first: StockMove, second: StockMove) -> str | None:
    """The quantity that both moves change in one direction, if they move the same units."""
    if shape(first.warehouse.root) != shape(second.warehouse.root) or first.pool != second.pool:
        return None
    absolute = {first.kind, second.kind} & _SETTING
    for one, other in ((first.lines, second.lines), (first.sku, second.sku)):
        if (one is None) is not (other is None):
            return None
        if one is not None and other is not None and shape(one.root) != shape(other.root):
            return None
    if first.quantity is not None and second.quantity is not None and not absolute:
        return None if shape(first.quantity.root) != shape(second.quantity.root) else _shared(first, second)
    return _shared(first, second)


def _shared(first: StockMove, second: StockMove) -> str | None:
    """The quantity that both kinds of move change in one direction."""
    for quantity in Effects._fields:
        if getattr(EFFECTS[first.kind], quantity) * getattr(EFFECTS[second.kind], quantity) > 0:
            return quantity
    return None


# ---- fields ------------------------------------------------------------------------------------------------------


def _sets(
    transition: Transition, entity: Entity, rules: Definition, documents: Documents
) -> Iterator[Diagnostic]:
    """A field that an event sets and that the promise of the plan writes in the same step."""
    policy = None if transition.policy is None else rules.allocation.get(transition.policy)
    promise = None if policy is None or policy.promise is None else rules.promises.get(policy.promise)
    event = None if transition.event is None else entity.events.get(transition.event)
    if promise is None or event is None or promise.writes is None or promise.writes not in event.sets:
        return
    field = promise.writes
    text = Message(
        "`{field}` is set twice in one step: by the event `{event}`, and by the promise `{promise}` of what "
        "`{transition}` creates",
        field=field,
        event=event.name,
        promise=promise.name,
        transition=transition.name,
    )
    span = key_span(part_of(documents, entity.name, "events", event.name), "set", field, otherwise=event.span)
    stands = documents.named("promises").get(promise.name)
    labels = (
        Label(value_span(stands, "writes", field, promise.span), Message("written by the promise")),
        Label(transition.span, Message("both happen here")),
    )
    fix = Message("let one of them set it, or set it with another event")
    yield error("OF209", text, span, fix, Message("set here, too"), labels)


# ---- actions -----------------------------------------------------------------------------------------------------


def _actions(entity: Entity, rules: Definition, documents: Documents) -> Iterator[Diagnostic]:
    known = {name: action for name, action in rules.actions.items() if not _may_differ(action)}
    found: dict[Use, dict[Use, None]] = {}
    for step in steps_of(entity):
        first: dict[str, Use] = {}
        for use in step:
            before = first.setdefault(use.action, use)
            if before is not use and f"{entity.name}.{use.action}" in known:
                found.setdefault(use, {})[before] = None
    for use, several in found.items():
        yield _twice(entity, tuple(several), use, documents)
    for queue in rules.queues.values():
        if queue.of == entity.name:
            yield from _queue(entity, queue, known, documents)


def _may_differ(action: Action) -> bool:
    """Whether an action says something else before and after a change of state."""
    return any(
        expression.reads.state or expression.reads.children
        for value in action.parameters.values()
        if isinstance(value, Template)
        for expression in value.expressions
    )


def _twice(entity: Entity, before: Sequence[Use], second: Use, documents: Documents) -> Diagnostic:
    first = before[0]
    text = Message(
        "`{action}` is done twice in one step: by `{first}` of `{first_part}` and by `{second}` of `{second_part}`",
        action=second.action,
        first=first.key,
        first_part=first.part,
        second=second.key,
        second_part=second.part,
    )
    labels = tuple(Label(place_of(entity, use, documents), Message("the first time")) for use in before)
    span = place_of(entity, second, documents)
    return warning("OF209", text, span, Message("remove one of them"), Message("a second time"), labels)


def _queue(
    entity: Entity, queue: Queue, known: Mapping[str, Action], documents: Documents
) -> Iterator[Diagnostic]:
    """What entering a state does, and a queue that every record in that state comes into at the same moment."""
    inside = {
        leaf
        for leaf, state in entity.states.items()
        if state.leaves == (leaf,) and is_true(settled(queue.when.root, in_state(leaf)))
    }
    for leaf in sorted(inside, key=list(entity.states).index):
        outside = any(
            leaf_after(entity, item.target) == leaf and not inside >= {*source_leaves(entity, item)}
            for item in entity.transitions.values()
            if item.target is not None
        )
        for name in entity.states[leaf].on_entry if outside or leaf == entity.initial else ():
            if name not in queue.actions or f"{entity.name}.{name}" not in known:
                continue
            text = Message(
                "`{action}` is done twice in one step: on entering `{state}`, and by the queue `{queue}`, which "
                "begins with it",
                action=name,
                state=leaf,
                queue=queue.name,
            )
            state = entity.states[leaf]
            first = value_span(part_of(documents, entity.name, "states", leaf), "on_entry", name, state.span)
            span = value_span(documents.named("queues").get(queue.name), "do", name, queue.span)
            labels = (Label(first, Message("the first time")),)
            yield warning(
                "OF209", text, span, Message("remove one of them"), Message("a second time"), labels
            )
