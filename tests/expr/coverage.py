"""What generated expressions contain, how each part comes out, and what is demanded of a run."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.expr.judges import Case, fits

from orderflow.expr import tree
from orderflow.expr.functions import FUNCTIONS
from orderflow.expr.reads import walk
from orderflow.expr.reference import Reference
from orderflow.expr.tree import Node, children
from orderflow.expr.view import Missing

#: Names of fields come out as the record has them.
_PLAIN = (tree.Name, tree.Part, tree.Through, tree.Constant, tree.Required)


def depth(node: Node) -> int:
    """How deep a tree is; 1 for a leaf."""
    return 1 + max((depth(each) for each in children(node)), default=0)


def label(node: Node) -> str:
    """What a node is counted as."""
    match node:
        case tree.Arithmetic(operator=operator):
            return operator
        case tree.Compare(operators=operators):
            return operators[0] if len(operators) == 1 else "chain"
        case tree.Membership(negated=negated):
            return "not in" if negated else "in"
        case tree.IsNone(negated=negated):
            return "is not None" if negated else "is None"
        case tree.Call(function=function):
            return f"{function}()"
    return type(node).__name__


class Watched(Reference):
    """The reference evaluator, watched: each part within what the checker promised, and how often bools are true."""

    seen: "Coverage"

    def _eval(self, node: Node) -> object:
        found: object = super()._eval(node)
        if isinstance(node, tree.Node):
            if not fits(node.type, found):
                self.seen.outside.append(f"{self.expression.text(node)}: {found!r} is outside {node.type}")
            if isinstance(found, bool) and not isinstance(node, _PLAIN):
                self.seen.truth[label(node)][found] += 1
        return found


@dataclass
class Coverage:
    """Counts of a run; `outside` is what lay outside of what the checker promised."""

    checked: int = 0
    refused: list[str] = field(default_factory=list)
    nodes: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    depths: Counter[int] = field(default_factory=Counter)
    truth: defaultdict[str, Counter[bool]] = field(default_factory=lambda: defaultdict(Counter))
    whole: Counter[bool] = field(default_factory=Counter)
    missing: int = 0
    outside: list[str] = field(default_factory=list)

    def add(self, case: Case) -> None:
        """Count a case."""
        root = case.expression.root
        self.checked += 1
        self.depths[depth(root)] += 1
        for node in walk(root):
            self.nodes[type(node).__name__] += 1
            self.labels[label(node)] += 1
            if isinstance(node, tree.Compare):
                self.nodes.update(f"Compare {each}" for each in node.operators)
        watched = Watched(case.expression, case.fields, case.sight)
        watched.seen = self
        try:
            found = watched.value(root)
        except Missing:
            self.missing += 1
            return
        if isinstance(found, bool):
            self.whole[found] += 1

    @property
    def true(self) -> float:
        """How many in a hundred conditions are true."""
        return _share(self.whole)

    def lopsided(self, least: int = 0) -> dict[str, float]:
        """Operators and functions that are true, where they give bools, in less than 20 or more than 80 of 100."""
        shares = {name: _share(counted) for name, counted in self.truth.items() if counted.total() >= least}
        return {name: share for name, share in sorted(shares.items()) if not 20 <= share <= 80}

    def lacking(self) -> list[str]:
        """What no expression contained."""
        wanted = {kind.__name__ for kind in tree.Node.__args__}
        wanted |= {f"Compare {operator}" for operator in tree.OPPOSITE}
        labels = {*("+", "-", "*", "/", "//", "%", "in", "not in", "is None", "is not None", "chain")}
        labels |= {f"{function}()" for function in FUNCTIONS}
        return sorted(wanted - set(self.nodes)) + sorted(labels - set(self.labels))

    def report(self) -> str:
        """All of it, in a few lines."""
        shares = ", ".join(f"{name} {_share(self.truth[name]):.0f}" for name in sorted(self.truth))
        lopsided = ", ".join(f"{name} {share:.0f}" for name, share in self.lopsided().items())
        return "\n".join(
            (
                f"{self.checked} different expressions ({len(self.refused)} more refused by the check); "
                f"{self.missing} raised Missing",
                f"conditions: {self.whole.total()}, {self.true:.1f} % true",
                "depth: " + ", ".join(f"{key}: {count}" for key, count in sorted(self.depths.items())),
                "nodes: " + _counts(self.nodes),
                "operators and functions: " + _counts(self.labels),
                f"true in %: {shares}",
                f"outside 20 to 80 %: {lopsided or 'none'}",
            )
        )


def _share(counted: Counter[bool]) -> float:
    return 100 * counted[True] / max(counted.total(), 1)


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))
