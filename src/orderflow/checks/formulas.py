"""What a formula asks of its record by way of tables, tiers, policies and limits, before it is there (OF107)."""

from collections.abc import Iterator

from orderflow.checks.finding import error
from orderflow.diagnostics import Diagnostic, Label
from orderflow.diagnostics.message import Message
from orderflow.expr.tree import Expression
from orderflow.model.definition import Definition, Entity

#: What stands on a name: how it is called, and its expressions.
Asked = tuple[Message, tuple[Expression | None, ...]]


def check_formulas(entity: Entity, rules: Definition) -> Iterator[Diagnostic]:
    """Findings about formulas that ask what reads a field whose own formula comes after it.

    What a formula reads itself the compiler has looked at.
    """
    later = [name for name, field in entity.fields.items() if field.formula is not None]
    for name, field in entity.fields.items():
        if field.formula is None:
            continue
        said: set[str] = set()
        for what, expression in _asked(entity, field.formula, rules):
            for other in later:
                if other not in said and f"{entity.name}.{other}" in expression.reads.paths:
                    said.add(other)
                    yield _early(entity, name, what, other)
        later.remove(name)


def _early(entity: Entity, name: str, what: Message, other: str) -> Diagnostic:
    span = entity.fields[name].span
    if other == name:
        text = Message(
            "the formula of `{name}` asks {what}, which reads `{name}` itself", name=name, what=what
        )
        return error("OF107", text, span, Message("read other fields there"))
    text = Message(
        "the formula of `{name}` asks {what}, which reads `{other}`, whose own formula comes after it",
        name=name,
        what=what,
        other=other,
    )
    fix = Message("move `{other}` above `{name}`", other=other, name=name)
    return error(
        "OF107", text, span, fix, labels=(Label(entity.fields[other].span, Message("worked out later")),)
    )


def _asked(entity: Entity, formula: Expression, rules: Definition) -> Iterator[tuple[Message, Expression]]:
    """Every expression over the record that the formula leads to, with what it stands on."""
    waiting = [formula]
    seen: set[str] = set()
    while waiting:
        for what, expressions in _next(entity, waiting.pop(), rules):
            if what in seen:
                continue
            seen.add(what)
            for expression in expressions:
                if expression is not None:
                    yield what, expression
                    waiting.append(expression)


def _next(entity: Entity, expression: Expression, rules: Definition) -> Iterator[Asked]:
    """What an expression names that looks at the record in its turn."""
    reads = expression.reads
    for name in sorted(reads.tables):
        if name in rules.tables:
            yield Message("the table `{name}`", name=name), tuple(row.when for row in rules.tables[name].rows)
    for key in sorted(reads.tiers):
        owner, _, name = key.partition(".")
        if owner == entity.name and name in entity.tiers:
            yield Message("the tier `{name}`", name=name), (entity.tiers[name].of,)
    for name in sorted(reads.policies):
        policy = rules.allocation.get(name)
        if policy is not None:
            pools = tuple(pool.who for pool in rules.pools.values() if pool.of == policy.of)
            what = Message("the policy `{name}`", name=name)
            yield what, (policy.near, policy.candidates, policy.pack_by, *pools)
    for name in sorted(reads.resources):
        if name in entity.resources:
            resource = entity.resources[name]
            what = Message("the resource `{name}`", name=name)
            yield what, (resource.amount, resource.limit, resource.lines, resource.warehouse)
