"""Judging a guard clause by clause: which parts held, the values that they saw, and what they need."""

from collections.abc import Iterator, Mapping

from orderflow.engine.phrases import Words
from orderflow.expr.reads import reads, walk
from orderflow.expr.reference import Reference
from orderflow.expr.trace import Clause as Traced
from orderflow.expr.trace import trace
from orderflow.expr.tree import And, Compare, Constant, Expression, Name, Node, Through
from orderflow.expr.view import View
from orderflow.model.decision import Clause, Seen
from orderflow.model.record import masked


def judge(
    words: Words, expression: Expression, entity: str, fields: Mapping[str, object], view: View
) -> tuple[Clause, ...]:
    """The clauses of a guard (what `and` joins at the top), each judged by the reference evaluator.

    Args:
        entity: whose record `fields` is, for the labels of bare names.

    Returns:
        In the order written. `held` is None where it cannot be told: a clause that relies on an earlier one that
        failed, or one that reads an event where the view has none.
    """
    words = words.about(entity)
    root = expression.root
    nodes = root.items if isinstance(root, And) else (root,)
    if expression.reads.event and view.event is None:
        return tuple(Clause(expression.text(node), None, (), words.needs(expression, node)) for node in nodes)
    traced = trace(expression, fields, view)
    paths = dict(_paths(expression, root))
    parts = traced.parts if isinstance(root, And) else (traced,)
    return tuple(
        Clause(
            source=expression.text(node),
            held=None if part.value is None else part.value is True,
            seen=(
                *(_seen(words, entity, paths.get(name, name), name, value) for name, value in _names(part)),
                *_computed(words, expression, node, fields, view, part),
            ),
            needs=words.needs(expression, node),
        )
        for node, part in zip(nodes, parts, strict=True)
    )


def _names(part: Traced) -> tuple[tuple[str, object], ...]:
    """What a clause and the ones inside it read, each name once."""
    found = dict(part.names)
    for inner in part.parts:
        found.update(_names(inner))
    return tuple(found.items())


def _computed(
    words: Words, expression: Expression, node: Node, fields: Mapping[str, object], view: View, part: Traced
) -> Iterator[Seen]:
    """The values of a comparison's operands that are worked out, such as `sum(lines, quantity)`."""
    if not isinstance(node, Compare) or part.value is None:
        return
    for operand in node.operands:
        if not isinstance(operand, Name | Constant):
            text = expression.text(operand)
            value = Reference(expression, fields, view).value(operand)
            private = words.definition.private
            yield Seen(
                text, text, masked(value) if private & reads(operand, expression.depth).paths else value
            )


def _paths(expression: Expression, root: Node) -> Iterator[tuple[str, str]]:
    """By its text, what each name reads as `OWNER.FIELD`: a name may lead through a ref to another record."""
    for node in walk(root):
        if isinstance(node, Through):
            yield expression.text(node), f"{node.entity}.{node.name}"
        elif isinstance(node, Name) and node.owner:
            yield expression.text(node), f"{node.owner}.{node.path[-1]}"


def remark(words: Words, clause: Clause) -> str:
    """A clause's need with the values seen: `实收金额 (amount_paid) is more than 0 (now 0.00)`."""
    # What a function like `can_source` says is the clause itself; rows are too many to tell.
    seen = [
        item
        for item in clause.seen
        if not isinstance(item.value, tuple | list) and not (item.name.endswith(")") and item.value is False)
    ]
    if len(seen) == 1 and seen[0].name in clause.needs:
        return f"{clause.needs} (now {words.value(seen[0].value)})"
    values = ", ".join(f"{item.label} is {words.value(item.value)}" for item in seen)
    return f"{clause.needs} (now {values})" if values else clause.needs


def _seen(words: Words, entity: str, path: str, name: str, value: object) -> Seen:
    owner, _, last = path.rpartition(".")
    field = words.field(owner or entity, last)
    if field is not None and field.private:
        value = masked(value)
    elif field is not None and field.rows is not None and isinstance(value, tuple):
        hidden = {item.name for item in field.rows.fields.values() if item.private}
        if hidden:
            value = tuple(
                {key: masked(each) if key in hidden else each for key, each in row.items()} for row in value
            )
    return Seen(name, field.label if field is not None else name, value)
