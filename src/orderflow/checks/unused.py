"""What is declared and never used (OF104): actions, events, children, tables, policies, promises, pools."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass

from orderflow.checks.finding import warning
from orderflow.diagnostics import Diagnostic, Span
from orderflow.diagnostics.message import Message
from orderflow.expr.tree import Expression
from orderflow.expr.types import Type
from orderflow.model.definition import Definition, Entity


def check_unused(rules: Definition, declared_actions: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """Warnings about names that nothing refers to.

    Args:
        rules: the rule set.
        declared_actions: where each action is declared, used or not.
    """
    used = {action.name for action in rules.actions.values()}
    for name, span in declared_actions.items():
        if name not in used:
            fix = Message("name it in a `do`, `on_entry`, `on_exit` or `on_set`, or remove it")
            yield warning(
                "OF104",
                Message("nothing uses the action `{name}`", name=name),
                span,
                fix,
                Message("not used"),
            )
    for entity in rules.entities.values():
        yield from _events(entity, rules.entities.values())
        made = {item.creates for item in entity.transitions.values()}
        for child in entity.children.values():
            if child.name not in made:
                fix = Message("add a transition that `creates: {name}`, or remove them", name=child.name)
                yield warning(
                    "OF104",
                    Message("no transition creates `{name}`", name=child.name),
                    child.span,
                    fix,
                    Message("never made"),
                )
    yield from _policies(rules)


def _policies(rules: Definition) -> Iterator[Diagnostic]:
    """Tables that nothing looks up, policies that nothing asks, promises and pools of no policy."""
    if not (rules.tables or rules.allocation or rules.promises or rules.pools):
        return
    reads = [expression.reads for expression in _expressions(rules)]
    looked_up = {name for read in reads for name in read.tables}
    looked_up |= {policy.carrier for policy in rules.allocation.values() if policy.carrier is not None}
    for table in rules.tables.values():
        if table.name not in looked_up:
            asks = "collect" if table.hit == "collect" else "look_up"
            fix = Message('ask for it by `{asks}("{name}")`, or remove it', asks=asks, name=table.name)
            yield warning(
                "OF104",
                Message("nothing looks up the table `{name}`", name=table.name),
                table.span,
                fix,
                Message("not used"),
            )
    asked = {name for read in reads for name in read.policies}
    for policy in rules.allocation.values():
        if policy.name not in asked:
            fix = Message(
                'add `can_source("{name}")` to the `when` of a transition, or remove it', name=policy.name
            )
            text = Message("nothing asks the allocation policy `{name}`", name=policy.name)
            yield warning("OF104", text, policy.span, fix, Message("not used"))
    promised = {policy.promise for policy in rules.allocation.values()}
    for promise in rules.promises.values():
        if promise.name not in promised:
            fix = Message("add `promise: {name}` to an allocation policy, or remove it", name=promise.name)
            text = Message("no allocation policy names the promise `{name}`", name=promise.name)
            yield warning("OF104", text, promise.span, fix, Message("not used"))
    served = {policy.of for policy in rules.allocation.values()}
    for pool in rules.pools.values():
        if pool.of not in served:
            fix = Message("add a policy of `{of}` under `allocation`, or remove the pool", of=pool.of)
            text = Message(
                "nothing draws on the pool `{name}`: `{of}` has no allocation", name=pool.name, of=pool.of
            )
            yield warning("OF104", text, pool.span, fix, Message("not used"))


def _expressions(part: object) -> Iterator[Expression]:
    """Every expression in a rule set, those in texts too."""
    waiting = [part]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Expression):
            yield item
        elif isinstance(item, Mapping):
            waiting += item.values()
        elif isinstance(item, tuple):
            waiting += item
        elif is_dataclass(item) and not isinstance(item, (Span, Type)):
            waiting += (getattr(item, known.name) for known in fields(item))


def _events(entity: Entity, entities: Iterable[Entity]) -> Iterator[Diagnostic]:
    taken = {item.event for item in entity.transitions.values()}
    for event in entity.events.values():
        if event.name not in taken:
            fix = Message("add a transition with `event: {name}`, or remove the event", name=event.name)
            text = Message("no transition takes the event `{name}`", name=event.name)
            yield warning("OF104", text, event.span, fix, Message("not used"))
