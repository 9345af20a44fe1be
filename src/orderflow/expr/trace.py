"""An expression taken apart: which clause was true, which was not, and the values seen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from orderflow.expr.reference import Reference
from orderflow.expr.tree import And, Expression, IfElse, Node, Not, Or
from orderflow.expr.types import Kind
from orderflow.expr.view import View


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of an expression with its value.

    Args:
        source: its text.
        start: offset in the expression's source, in characters.
        end: the same, exclusive.
        word: how its parts are joined; `leaf` when it is looked at as a whole.
        value: its value, or None when it cannot be told (a test before it failed that it relies on).
        reached: False when the decision did not come to it, as a clause before it settled the matter.
        parts: the clauses in it.
        names: for a leaf, what it read and the values: fields, `now`, `state`, the states of children.
    """

    source: str
    start: int
    end: int
    word: Literal["and", "or", "not", "if", "leaf"]
    value: object
    reached: bool
    parts: "tuple[Clause, ...]" = ()
    names: tuple[tuple[str, object], ...] = ()

    def failures(self, wanted: bool = True) -> "Iterator[Clause]":
        """The leaves that keep this clause from being `wanted`: each would have to change, or in `or` one of them.

        Clauses behind the first that failed are told too, as far as they can be.
        """
        if self.value is None or self.value is wanted:
            return
        match self.word:
            case "leaf":
                yield self
            case "not":
                yield from self.parts[0].failures(not wanted)
            case "if":
                yield from self.parts[1].failures(wanted)
            case _:
                for part in self.parts:
                    yield from part.failures(wanted)


def trace(expression: Expression, r: Mapping[str, object], v: View) -> Clause:
    """Evaluate an expression part by part.

    Args:
        expression: a checked expression; of a guard, the clauses are those of its `and`, `or`, `not` and `if`.
        r: the fields of the record in scope.
        v: its view.

    Raises:
        Missing: in a lenient scope, a value that is needed is missing.
    """
    return _Tracer(expression, r, v).clause(expression.root, reached=True)


class _Tracer:
    def __init__(self, expression: Expression, r: Mapping[str, object], v: View) -> None:
        self.expression = expression
        self.fields = r
        self.view = v

    def clause(self, node: Node, *, reached: bool) -> Clause:
        match node:
            case And(items=items):
                return self._joined(node, items, "and", settles=False, reached=reached)
            case Or(items=items):
                return self._joined(node, items, "or", settles=True, reached=reached)
            case Not(operand=operand):
                part = self.clause(operand, reached=reached)
                value: object = None if part.value is None else not part.value
                return self._make(node, "not", value, reached, (part,))
            case IfElse() if node.type.kind is Kind.BOOL:
                test = self.clause(node.test, reached=reached)
                branch = self.clause(node.then if test.value else node.other, reached=reached)
                value = None if test.value is None else branch.value
                return self._make(node, "if", value, reached, (test, branch))
        return self._leaf(node, reached)

    def _joined(
        self, node: Node, items: tuple[Node, ...], word: Literal["and", "or"], *, settles: bool, reached: bool
    ) -> Clause:
        parts = []
        settled = False
        for item in items:
            part = self.clause(item, reached=reached and not settled)
            settled = settled or part.value is settles
            parts.append(part)
        if settled:
            value: bool | None = settles
        else:
            value = None if any(part.value is None for part in parts) else not settles
        return self._make(node, word, value, reached, tuple(parts))

    def _leaf(self, node: Node, reached: bool) -> Clause:
        evaluation = Reference(self.expression, self.fields, self.view)
        try:
            value = evaluation.value(node)
        except Exception:
            # Behind a test that failed, a value may be missing or a divisor zero: then nothing can be told of it.
            if reached:
                raise
            value = None
        names = tuple({name: (name, found) for name, found in evaluation.read}.values())
        return self._make(node, "leaf", value, reached, (), names)

    def _make(
        self,
        node: Node,
        word: Literal["and", "or", "not", "if", "leaf"],
        value: object,
        reached: bool,
        parts: tuple[Clause, ...],
        names: tuple[tuple[str, object], ...] = (),
    ) -> Clause:
        return Clause(self.expression.text(node), node.start, node.end, word, value, reached, parts, names)
