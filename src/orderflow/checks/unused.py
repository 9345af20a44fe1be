"""What is declared and never used (OF104): actions, events, children, tables, policies, promises, pools."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass

from orderflow.checks.finding import warning
from orderflow.diagnostics import Diagnostic, Span
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
            fix = "name it in a `do`, `on_entry`, `on_exit` or `on_set`, or remove it"
            yield warning("OF104", f"nothing uses the action `{name}`", span, fix, "not used")
    for entity in rules.entities.values():
        yield from _events(entity, rules.entities.values())
        made = {item.creates for item in entity.transitions.values()}
        for child in entity.children.values():
            if child.name not in made:
                fix = f"add a transition that `creates: {child.name}`, or remove them"
                yield warning("OF104", f"no transition creates `{child.name}`", child.span, fix, "never made")
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
            fix = f'ask for it by `{asks}("{table.name}")`, or remove it'
            yield warning("OF104", f"nothing looks up the table `{table.name}`", table.span, fix, "not used")
    asked = {name for read in reads for name in read.policies}
    for policy in rules.allocation.values():
        if policy.name not in asked:
            fix = f'add `can_source("{policy.name}")` to the `when` of a transition, or remove it'
            text = f"nothing asks the allocation policy `{policy.name}`"
            yield warning("OF104", text, policy.span, fix, "not used")
    promised = {policy.promise for policy in rules.allocation.values()}
    for promise in rules.promises.values():
        if promise.name not in promised:
            fix = f"add `promise: {promise.name}` to an allocation policy, or remove it"
            text = f"no allocation policy names the promise `{promise.name}`"
            yield warning("OF104", text, promise.span, fix, "not used")
    served = {policy.of for policy in rules.allocation.values()}
    for pool in rules.pools.values():
        if pool.of not in served:
            fix = f"add a policy of `{pool.of}` under `allocation`, or remove the pool"
            text = f"nothing draws on the pool `{pool.name}`: `{pool.of}` has no allocation"
            yield warning("OF104", text, pool.span, fix, "not used")


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
            fix = f"add a transition with `event: {event.name}`, or remove the event"
            text = f"no transition takes the event `{event.name}`"
            yield warning("OF104", text, event.span, fix, "not used")
