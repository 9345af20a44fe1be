"""CPython as the third judge: the source text of an expression, run by Python's own `eval` on plain Python objects.

Nothing here knows the tree that the checker makes or what the back ends call. The text is parsed by Python; what is said
of each row becomes a function whose parameters are the row's fields, so that Python's own scopes say what a name means:

    any(lines, quantity > qty)
    _any(lines, lambda line: (lambda quantity: quantity > qty)(line.quantity))

Where a value is needed, `_need` stands before it and refuses None; Python alone would compare it.
"""

import ast
from collections.abc import Callable, Mapping

from tests.expr.scopes import AROUND, LINE, PARCEL, PLAN, SHIPMENT, order_scope

Namespace = Mapping[str, object]
#: Functions that look at each row or child; `min` and `max` do when they are given a list.
OVER = frozenset({"count", "sum", "any", "all", "some", "all_live", "none_live", "latest", "earliest"})
#: What may be missing: the functions, with the places of such arguments.
MAY_BE_MISSING = {("reaches", 1), ("to_integer", 1), ("to_decimal", 1)}
#: Functions that are about a child, in a condition on children.
OF_CHILD = frozenset(
    {"is_in", "is_open", "reached", "reached_at", "entered", "time_in", "is_held", "held_since", "has_tag"}
)
_PLAN_LINE = dict(PLAN.fields)["lines"].item
assert _PLAN_LINE is not None
#: The fields (and children) of what each list holds.
ROWS = {
    "line": {name for name, _ in LINE.fields},
    "plan_line": {name for name, _ in _PLAN_LINE.fields},
    "discount": set(AROUND.tables["discounts"].gives),
    "shipment": {*SHIPMENT.fields, *SHIPMENT.children},
    "parcel": {*PARCEL.fields, *PARCEL.children},
}
CHILDREN = frozenset({"shipment", "parcel"})
#: What the lists hold, by what is written; None for plain values.
LISTS: dict[str, str | None] = {
    "lines": "line",
    "order.lines": "line",
    "spare": "line",
    "plan.lines": "plan_line",
    "shipments": "shipment",
    "parcels": "parcel",
    "tags": None,
    "scores": None,
}
assert set(LISTS) - {"order.lines", "plan.lines"} <= {
    *order_scope().fields,
    *order_scope().children,
    *SHIPMENT.children,
}


class Absent(Exception):  # noqa: N818 - an answer, not an error
    """A value that is needed is missing."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def need(value: object, name: str) -> object:
    """The value, which has to be there."""
    if value is None:
        raise Absent(name)
    return value


def run(source: str, names: Namespace) -> object:
    """The value of an expression; `names` gives each name, and each function under its name behind a `_`.

    Raises:
        Absent: a value that is needed is missing.
        NameError: a name or function that nobody has written here yet.
    """
    tree = ast.fix_missing_locations(_Rewritten(source).visit(ast.parse(source, mode="eval")))
    return eval(compile(tree, "<expression>", "eval"), {"__builtins__": {}, "_need": need, **names})


def _call(function: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(f"_{function}", ast.Load()), list(arguments), [])


def _lambda(parameters: list[str], body: ast.expr) -> ast.Lambda:
    names = [ast.arg(name) for name in parameters]
    return ast.Lambda(
        ast.arguments(posonlyargs=[], args=names, kwonlyargs=[], kw_defaults=[], defaults=[]), body
    )


def _held(node: ast.expr) -> tuple[bool, str | None]:
    """Whether what is written is a list, and what it holds."""
    text = ast.unparse(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "collect":
            return True, "discount"
        if node.func.id == "coalesce":
            return _held(node.args[0])
    return text in LISTS, LISTS.get(text)


class _Rewritten(ast.NodeTransformer):
    """Makes Python of an expression."""

    def __init__(self, source: str) -> None:
        self.source = source

    def text(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.source, node) or ""

    def there(self, node: ast.expr) -> ast.expr:
        """The node where a value is needed."""
        made: ast.expr = self.visit(node)
        if isinstance(node, ast.Constant | ast.Compare | ast.BoolOp | ast.BinOp | ast.UnaryOp | ast.List):
            return made
        return _call("need", made, ast.Constant(self.text(node)))

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return _call("number", ast.Constant(self.text(node)))
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        return ast.BoolOp(node.op, [self.there(value) for value in node.values])

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return ast.UnaryOp(node.op, self.there(node.operand))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.there(node.left), self.there(node.right)
        return (
            _call("divide", left, right) if isinstance(node.op, ast.Div) else ast.BinOp(left, node.op, right)
        )

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        visit = self.visit if isinstance(node.ops[0], ast.Is | ast.IsNot) else self.there
        return ast.Compare(visit(node.left), node.ops, [visit(each) for each in node.comparators])

    def visit_List(self, node: ast.List) -> ast.expr:
        return ast.List([self.there(each) for each in node.elts], ast.Load())

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        return ast.IfExp(self.there(node.test), self.visit(node.body), self.visit(node.orelse))

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return ast.Attribute(self.there(node.value), node.attr, ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.expr:
        assert isinstance(node.func, ast.Name)
        name = node.func.id
        if name == "coalesce":
            return _call(name, *(_lambda([], self.visit(each)) for each in node.args))
        is_list, row = _held(node.args[0]) if node.args else (False, None)
        if name in OVER or (name in ("min", "max") and is_list):
            asked = [self.of_each(name, row, each) for each in node.args[1:]]
            return _call(name, self.there(node.args[0]), *asked)
        return _call(
            name,
            *(
                self.visit(each) if (name, place) in MAY_BE_MISSING else self.there(each)
                for place, each in enumerate(node.args)
            ),
        )

    def of_each(self, function: str, row: str | None, asked: ast.expr) -> ast.expr:
        """A function of a row: its fields are looked at first, then what is around it."""
        assert row is not None
        body = self.visit(asked) if function in ("latest", "earliest") else self.there(asked)
        own = ROWS[row] | ({f"_{name}" for name in OF_CHILD} if row in CHILDREN else set())
        names = sorted(own & {each.id for each in ast.walk(body) if isinstance(each, ast.Name)})
        fields = [ast.Attribute(ast.Name(row, ast.Load()), name, ast.Load()) for name in names]
        return _lambda([row], ast.Call(_lambda(names, body), [*fields], []))


#: Changes a function: the tests plant faults.
Plant = Callable[[str, Callable[..., object]], Callable[..., object]]
