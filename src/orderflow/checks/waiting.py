"""States that hold something and may wait for ever, with no timer and no queue that would tell anybody (OF403).

What bounds a wait, in the state itself or a state around it:

* a timer (`after`), or an automatic transition whose `when` asks the clock, that leaves the state, or that is the parent's and
  tells the record to leave it;
* a queue that asks the clock and may hold in this state, or in which every record of this state stands; of the record, of its
  parent looking at it, or of the state in which the parent made it;
* an automatic transition that always leaves the state at once;
* an automatic transition that waits for children, if the wait of these is bounded in each of their states.
"""

from collections.abc import Iterator, Mapping, Sequence

from orderflow.checks.assume import Known, in_state, is_false, is_true, negated, settled
from orderflow.checks.clauses import shape
from orderflow.checks.finding import warning
from orderflow.checks.graph import by_leaf, leaf_after, source_leaves, steps, within_reach
from orderflow.checks.places import part_of, value_span
from orderflow.checks.priority import takes
from orderflow.checks.turning import asks_of
from orderflow.compiler.documents_found import Documents
from orderflow.diagnostics import Diagnostic, Label, Message
from orderflow.diagnostics.message import joined
from orderflow.expr.tree import OPPOSITE, Call, Compare, IsNone, Node
from orderflow.model.definition import Definition, Entity, Queue, Transition, Trigger
from orderflow.model.standing import Resource


def check_waiting(entity: Entity, rules: Definition, documents: Documents) -> Iterator[Diagnostic]:
    """Findings about states in which something is held for as long as nobody does anything.

    Args:
        entity: whose resources are looked at.
        rules: the rule set: its queues, and the entity's parent.
        documents: what the files say; a queue with faults may be the one that is missed.
    """
    if not entity.resources or documents.named("queues").keys() != rules.queues.keys():
        return
    reached = within_reach(steps(entity), [entity.initial])
    ways = by_leaf(entity)
    held: dict[str, list[Resource]] = {}
    for resource in entity.resources.values():
        for leaf in entity.states[resource.held_in].leaves:
            held.setdefault(leaf, []).append(resource)
    waiting = {
        leaf: resources
        for leaf, resources in held.items()
        if leaf in reached and not entity.states[leaf].final and not _ends(entity, leaf, ways[leaf], rules)
    }
    for leaf, resources in held.items():
        if entity.states[leaf].final and leaf in reached:
            yield _for_good(entity, leaf, resources, documents)
    yield from _told(entity, waiting, reached)


# ---- what bounds a wait ------------------------------------------------------------------------------------------


def _ends(entity: Entity, leaf: str, several: Sequence[Transition], rules: Definition) -> bool:
    """Whether the wait in a state is bounded."""
    return (
        _left_in_time(entity, leaf, several)
        or _told_in_time(entity, leaf, several, rules)
        or any(_shows(queue, entity, leaf, rules) for queue in rules.queues.values())
        or _children_end(entity, leaf, several, rules)
    )


def _children_end(entity: Entity, leaf: str, several: Sequence[Transition], rules: Definition) -> bool:
    """Whether the record waits for children of which none waits without a bound."""
    asked = {
        child.entity
        for item in several
        if item.trigger is Trigger.AUTOMATIC and item.target is not None and item.when is not None
        for child in entity.children.values()
        if asks_of(item.when.root, child.name)
    }
    for name in asked:
        child = rules.entities.get(name)
        if child is None or child.children:
            return False
        ways = by_leaf(child)
        holding = {each for item in child.resources.values() for each in child.states[item.held_in].leaves}
        for each in within_reach(steps(child), [child.initial]):
            told = child.states[each].final or each in holding  # what these lack is told of the child
            if not told and not _ends(child, each, ways[each], rules):
                return False
    return bool(asked)


def _left_in_time(entity: Entity, leaf: str, several: Sequence[Transition]) -> bool:
    """Whether the record leaves a state by itself: at once, or when time comes."""
    leaving = [
        item for item in several if item.target is not None and leaf_after(entity, item.target) != leaf
    ]
    if any(_by_the_clock(item) for item in leaving):
        return True
    alone = [
        item
        for item in leaving
        if item.trigger is Trigger.AUTOMATIC
        and item.creates is None
        and not item.moves
        and not takes(entity, leaf, leaf_after(entity, str(item.target)))
    ]
    guards = [
        None if item.when is None else settled(item.when.root, in_state(leaf, held=False)) for item in alone
    ]
    if any(guard is None or is_true(guard) for guard in guards):
        return True
    conditions = [guard for guard in guards if guard is not None]
    return any(_opposite(one, other) for one in conditions for other in conditions)


def _opposite(one: Node, other: Node) -> bool:
    """Whether one of two conditions plainly always holds."""
    match one, other:
        case Compare(operators=(first,)), Compare(operators=(second,)):
            return OPPOSITE[first] == second and [*map(shape, one.operands)] == [*map(shape, other.operands)]
        case IsNone(), IsNone():
            return one.negated is not other.negated and shape(one.operand) == shape(other.operand)
    return shape(one) == shape(negated(other))


def _by_the_clock(transition: Transition) -> bool:
    if transition.trigger is Trigger.AFTER:
        return True
    guard = transition.when
    return transition.trigger is Trigger.AUTOMATIC and guard is not None and guard.reads.clock


def _told_in_time(entity: Entity, leaf: str, several: Sequence[Transition], rules: Definition) -> bool:
    """Whether the parent tells the record to leave a state when time comes."""
    parent = None if entity.parent is None else rules.entities.get(entity.parent)
    if parent is None:
        return False
    told = {
        event
        for item in parent.transitions.values()
        if _by_the_clock(item)
        for children, event in item.tell.items()
        if parent.children[children].entity == entity.name
    }
    return any(item.event in told and item.target is not None for item in several)


def _shows(queue: Queue, entity: Entity, leaf: str, rules: Definition) -> bool:
    """Whether a record that stays in a state comes into a queue, at once or when time comes."""
    clock = queue.when.reads.clock
    if queue.of == entity.name:
        left = settled(queue.when.root, in_state(leaf, held=False))
        return is_true(left) or (clock and not is_false(left))
    parent = rules.entities.get(queue.of)
    if parent is None or entity.parent != queue.of or not clock:
        return False
    children = [child.name for child in parent.children.values() if child.entity == entity.name]
    if any(asks_of(queue.when.root, name) for name in children):
        return not is_false(settled(queue.when.root, _of_child(leaf)))
    made = {
        leaf
        for item in parent.transitions.values()
        if item.creates in children
        for leaf in (
            source_leaves(parent, item) if item.target is None else (leaf_after(parent, item.target),)
        )
    }
    return bool(made) and all(
        not is_false(settled(queue.when.root, in_state(state, held=False))) for state in made
    )


def _of_child(leaf: str) -> Known:
    """What is known of a question about children, of one that is in a leaf state."""
    inside = in_state(leaf, depth=1, held=False)

    def known(node: Node) -> bool | None:
        match node:
            case Call(function="some" | "any", arguments=(_, test)) if is_false(settled(test, inside)):
                return False
        return None

    return known


# ---- what is said ------------------------------------------------------------------------------------------------


def _told(
    entity: Entity, waiting: Mapping[str, Sequence[Resource]], reached: frozenset[str]
) -> Iterator[Diagnostic]:
    """One finding for all states inside a compound one that lack an end to the wait, else one for each state."""
    left = dict(waiting)
    for resource in entity.resources.values():
        around = entity.states[resource.held_in]
        inside = [leaf for leaf in around.leaves if leaf in reached and not entity.states[leaf].final]
        lacking = [leaf for leaf in inside if leaf in left]
        if len(lacking) < 2:
            continue
        yield (
            _finding(entity, around.name, [resource])
            if lacking == inside
            else _several(entity, lacking, resource)
        )
        for leaf in lacking:
            del left[leaf]
    for leaf, resources in left.items():
        yield _finding(entity, leaf, resources)


def _several(entity: Entity, names: Sequence[str], resource: Resource) -> Diagnostic:
    """One finding about some of the states inside a compound one."""
    text = Message(
        "{states} hold `{name}` and may wait for ever: no timer leaves them, and no queue tells of it in time",
        states=joined([Message("`{name}`", name=name) for name in names], ", "),
        name=resource.name,
    )
    note = Message("nothing ends the wait")
    places = [entity.states[name].span for name in names]
    labels = (*(Label(place, note) for place in places[1:]), Label(resource.span, Message("held in it")))
    return warning("OF403", text, places[0], _way_out(entity, resource.held_in), note, labels)


def _finding(entity: Entity, name: str, resources: Sequence[Resource]) -> Diagnostic:
    held = joined([Message("`{name}`", name=resource.name) for resource in resources], ", ")
    text = Message(
        "`{state}` holds {held} and may wait for ever: no timer leaves it, and no queue tells of it in time",
        state=name,
        held=held,
    )
    labels = tuple(Label(resource.span, Message("held in it")) for resource in resources)
    note = Message("nothing ends the wait")
    return warning("OF403", text, entity.states[name].span, _way_out(entity, name), note, labels)


def _way_out(entity: Entity, name: str) -> Message:
    condition = f'is_in("{name}") and age(entered("{name}")) > days(2)'
    return Message(
        "add a transition with `after:` that leaves it, or a queue of `{entity}` with `when: {condition}`",
        entity=entity.name,
        condition=condition,
    )


def _for_good(entity: Entity, leaf: str, resources: Sequence[Resource], documents: Documents) -> Diagnostic:
    """A final state in which something is held: told at the `held_in` that names it, else at the state inside."""
    held = joined([Message("`{name}`", name=resource.name) for resource in resources], ", ")
    text = Message("`{state}` is final and holds {held} for good", state=leaf, held=held)
    fix = Message("let `held_in` name states that are left, or `spend_on` name this one")
    note = Message("never given back")
    first = resources[0]
    named = value_span(
        part_of(documents, entity.name, "resources", first.name), "held_in", leaf, entity.states[leaf].span
    )
    if first.held_in == leaf:
        others = tuple(Label(resource.span, Message("held in it")) for resource in resources[1:])
        return warning(
            "OF403", text, named, fix, note, (Label(entity.states[leaf].span, Message("final")), *others)
        )
    labels = tuple(Label(resource.span, Message("held in it")) for resource in resources)
    return warning("OF403", text, entity.states[leaf].span, fix, note, labels)
