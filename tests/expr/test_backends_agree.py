"""The compiled functions and the reference evaluator agree on generated expressions and orders.

Expressions are written from a tape of bytes (Hypothesis shrinks the tape), typed by construction as far as that goes
and then checked; only those that pass count. Faults planted in either back end must be found by the same comparison.
"""

import ast
import decimal
import operator
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderflow.expr import exact, numbers, python_nodes, tree
from orderflow.expr.check import analyse
from orderflow.expr.functions import FUNCTIONS
from orderflow.expr.python import HELPERS, compile_with
from orderflow.expr.reads import walk
from orderflow.expr.reference import OPERATORS, Reference
from orderflow.expr.tree import Expression
from orderflow.expr.types import ORDERED, Type, bounds
from orderflow.expr.view import Missing

#: Names of the order by kind; `?` marks what may be missing.
ORDER = {
    "integer": [
        "qty",
        "stock",
        "big",
        "sequence",
        "points?",
        "address.floor?",
        "order.qty",
        "streak",
        "customer.orders",
        "account.region.buffer",
        "account.region.brake_pads",
        'on_hand("hq", customer)',
        'available("xihu", "EX-1")',
        'pooled("hq", "EX-1", "presale")',
        'look_up("carrier", "days")?',
        "sum(plan.lines, quantity)",
        'count(collect("discounts"), percent > 1)',
        "customer.address.floor?",
    ],
    "decimal": [
        "rate",
        "weight?",
        "plan.distance_km?",
        'look_up("fee")',
        'sum(collect("discounts"), percent)',
        "distance_km(shop, coalesce(place, shop))",
    ],
    "money": [
        "amount_due",
        "amount_paid",
        "discount?",
        "order.amount_due",
        "account.credit_limit",
        "event.amount",
        "实收金额",
        "customer.credit_limit",
        "customer.spend_30d",
        "order.customer.last_price?",
        "best?",
        "order.best?",
    ],
    "text": [
        "title",
        "customer",
        "note?",
        "event.number",
        "event.actor",
        "address.city",
        "channel",
        "customer.note?",
        'tier("customer_tier")',
        'tier("order_rank")',
        'tier("region_rank")',
        'look_up("carrier", "carrier")?',
        "plan.warehouse",
        "plan.carrier?",
        '(referrer.name if referrer is not None else "-")',
        '(tier("partner_tier", referrer) if referrer is not None else "-")',
    ],
    "bool": [
        "gift",
        "insured?",
        "is_held()",
        'is_held("manual")',
        'is_held("credit", "manual")',
        'has_tag("vip")',
        'can_source("nearest")',
        'can_take("credit")',
        "reaches(warehouse, place)",
        "reaches(warehouse, customer.place)",
        'tier("customer_tier") == "gold"',
        "place == shop",
    ],
    "datetime": [
        "placed_at",
        "now",
        "paid_at?",
        "event.at",
        "account.since",
        'reached_at("paid")?',
        'entered("pending")?',
        "customer.since",
    ],
    "date": ["ordered_on", "today", "promised_on?", "plan.promised_on?"],
    "duration": ["wait", "pause?", 'time_in("paid")', 'time_in("live")', 'time_in("pending")'],
}
LINE = {
    "integer": ["quantity", "line.quantity", "order.qty", 'on_hand("hq", sku)', "streak", "customer.orders"],
    "decimal": ["weight?", "line.weight?", "rate"],
    "money": ["unit_price", "amount_paid"],
    "text": ["sku", "line.sku", "title"],
    "bool": ["presale", "gift", 'is_held("manual")', 'has_tag("late")', 'tier("order_rank") == "x"'],
    "datetime": ["packed_at?", "placed_at", "now"],
    "date": ["made_on", "today"],
    "duration": ["wait", 'time_in("paid")'],
}
SHIPMENT = {
    "integer": ["boxes", "shipment.boxes", "qty"],
    "decimal": ["rate"],
    "money": ["amount_paid", "order.amount_due"],
    "text": ["carrier", "shipment.carrier", "title"],
    "bool": ["gift", "is_held()", 'is_held("manual")', 'is_held("stuck", "manual")', 'has_tag("fragile")'],
    "datetime": [
        "scanned_at?",
        "placed_at",
        'reached_at("shipped")?',
        'entered("picking")?',
        'reached_at("moving")?',
    ],
    "date": ["today", "ordered_on"],
    "duration": ["wait", 'time_in("picking")', 'time_in("in_house")', 'time_in("shipped")'],
}
PARCEL = {
    "integer": ["boxes", "qty"],
    "decimal": ["kg", "parcel.kg"],
    "money": ["order.amount_due"],
    "text": ["carrier"],
    "bool": ["gift", "is_held()"],
    "datetime": ["sealed_at?", "scanned_at?", "placed_at"],
    "date": ["today"],
    "duration": ["wait", 'time_in("open")'],
}
STATES = {
    "order": ["pending", "paid", "delivered", "cancelled", "live"],
    "shipment": ["allocated", "picking", "shipped", "delivered", "cancelled", "in_house", "moving", "failed"],
    "parcel": ["open", "sealed"],
}
LITERALS = {
    "integer": ["0", "1", "3", "7", "-2", "128", "100"],
    "decimal": ["0.5", "0.1", "-2.5", "0.000005", "1.25"],
    "money": ["0", "3", "2.67", "100"],
    "text": ['"EX-1"', '"douyin"', '""', "'刹车片'"],
    "datetime": ["now", "placed_at"],
    "date": ["today"],
    "duration": ["hours(2)", "days(1)", "minutes(0)", "hours(1.5)"],
}
KINDS = ["bool", "bool", "bool", "integer", "decimal", "money", "text", "datetime", "date", "duration"]
#: Bytes of a tape: all, and those at its end that the record is made of.
TAPE, RECORD = 800, 400
NUMERIC = ["integer", "decimal", "money"]


class Writer:
    """Writes an expression from a tape of bytes; an empty tape gives the simplest one."""

    def __init__(self, tape: bytes, *, lenient: bool) -> None:
        self.tape = iter(tape)
        self.lenient = lenient
        self.frames = [("order", ORDER)]
        self.sure: set[str] = set()

    def pick(self, options: list[str]) -> str:
        return options[next(self.tape, 0) % len(options)]

    def name(self, kind: str) -> str:
        names = self.frames[-1][1][kind]
        text = self.pick(names)
        if not text.endswith("?"):
            return text
        text = text[:-1]
        if self.lenient or text in self.sure:
            return text
        return f"coalesce({text}, {self.pick(LITERALS.get(kind, ['True', 'False']))})"

    def write(self, kind: str, depth: int) -> str:
        if depth <= 0:
            return (
                self.name(kind)
                if next(self.tape, 0) % 3
                else self.pick(LITERALS.get(kind, ["True", "False"]))
            )
        return str(getattr(self, f"_{kind}")(depth - 1))

    def _bool(self, d: int) -> str:
        match next(self.tape, 0) % 16:
            case 0 | 1 | 2 | 3:
                return self._comparison(d)
            case 4:
                return f"({self.write('bool', d)} and {self.write('bool', d)})"
            case 5:
                return f"({self.write('bool', d)} or {self.write('bool', d)})"
            case 6:
                return f"not {self.write('bool', d)}"
            case 7:
                return self._guarded(d)
            case 8:
                return f"({self.write('bool', d)} if {self.write('bool', d)} else {self.write('bool', d)})"
            case 9:
                return self._lifecycle()
            case 10 | 11:
                return self._rows(d)
            case 12:
                return self._children(d)
            case 13:
                kind = self.pick(["integer", "text", "money", "decimal"])
                values = ", ".join(
                    self.write(kind, self._small(d)) for _ in range(2 + next(self.tape, 0) % 5)
                )
                return f"{self.write(kind, d)} {self.pick(['in', 'not in'])} [{values}]"
            case 14:
                return self.pick(
                    [
                        "title in tags",
                        "stock not in scores",
                        '"a" in tags',
                        'channel == "douyin"',
                        'channel in ["taobao", "offline"]',
                        'account.level == "gold"',
                    ]
                )
            case _:
                function = self.pick(["starts_with", "ends_with", "contains"])
                return f"{function}({self.write('text', d)}, {self.write('text', d)})"

    def _small(self, d: int) -> int:
        return 0 if next(self.tape, 0) % 4 else d

    def _comparison(self, d: int) -> str:
        kind = self.pick(["integer", "money", "decimal", "datetime", "date", "duration", "text", "bool"])
        if kind in ("text", "bool"):
            return f"({self.write(kind, d)} {self.pick(['==', '!='])} {self.write(kind, d)})"
        other = self.pick(NUMERIC) if kind in NUMERIC else kind
        text = f"{self.write(kind, d)} {self._order()} {self.write(other, d)}"
        return (
            f"({text} {self._order()} {self.write(kind, d)})" if next(self.tape, 0) % 5 == 1 else f"({text})"
        )

    def _order(self) -> str:
        return self.pick(["<", "<=", ">", ">=", "==", "!="])

    def _guarded(self, d: int) -> str:
        """A test, and behind it a use that needs it."""
        kind = self.pick(["datetime", "integer", "money", "text", "decimal", "date", "duration", "bool"])
        names = [text[:-1] for text in self.frames[-1][1][kind] if text.endswith("?")]
        if not names:
            return self._comparison(d)
        name = self.pick(names)
        test, joint = self.pick(["not None", "None"]), "or"
        if test == "not None":
            joint = "and"
        self.sure.add(name)
        inner = self.write("bool", d) if next(self.tape, 0) % 2 else self._about(name, kind, d)
        self.sure.discard(name)
        return f"({name} is {test} {joint} {inner})"

    def _about(self, name: str, kind: str, d: int) -> str:
        if kind == "bool":
            return name
        return f"{name} {self.pick(['==', '!=']) if kind == 'text' else self._order()} {self.write(kind, d)}"

    def _lifecycle(self) -> str:
        entity = next(name for name, _ in reversed(self.frames) if name in STATES)
        state = self.pick(STATES[entity])
        return self.pick(
            [
                f'is_in("{state}")',
                f'reached("{state}")',
                "is_open()",
                f'is_in("{state}", "{self.pick(STATES[entity])}")',
                f'reached_at("{state}") is not None',
                f'(is_in("{state}") and reached_at("{state}") < now)',
            ]
        )

    def _in_frame(self, entity: str, names: dict[str, list[str]], kind: str, d: int) -> str:
        outer, self.sure = self.sure, set()
        self.frames.append((entity, names))
        text = self.write(kind, d)
        self.frames.pop()
        self.sure = outer
        return text

    def _lists(self) -> str:
        return self.pick(["lines", "order.lines", "coalesce(spare, lines)"])

    def _rows(self, d: int) -> str:
        return f"{self.pick(['any', 'all'])}({self._lists()}, {self._in_frame('line', LINE, 'bool', d)})"

    def _children(self, d: int) -> str:
        if self.frames[-1][0] == "order":
            entity, names, rows = "shipment", SHIPMENT, "shipments"
        elif self.frames[-1][0] == "shipment":
            entity, names, rows = "parcel", PARCEL, "parcels"
        else:
            return self._comparison(d)
        function = self.pick(["some", "all_live", "none_live", "latest"])
        if function == "none_live":
            return f"none_live({rows})"
        if function == "latest":
            return f"{self._latest(entity, names, rows, d)} is {self.pick(['None', 'not None'])}"
        return f"{function}({rows}, {self._in_frame(entity, names, 'bool', d)})"

    def _latest(self, entity: str, names: dict[str, list[str]], rows: str, d: int) -> str:
        moments = [text.rstrip("?") for text in names["datetime"]]
        asked = self.pick(moments) if next(self.tape, 0) % 3 else self._in_frame(entity, names, "datetime", d)
        return f"{self.pick(['latest', 'earliest'])}({rows}, {asked})"

    def _integer(self, d: int) -> str:
        match next(self.tape, 0) % 8:
            case 0 | 1:
                return self._sum("integer", d, ["+", "-", "*"])
            case 2:
                return f"({self.write(self.pick(NUMERIC), d)} // {self._divisor(d)})"
            case 3:
                return f"({self.write('integer', d)} % {self.pick(['7', '-7', 'qty', '3'])})"
            case 4:
                return self.pick(
                    [
                        f"count({self._lists()})",
                        f"count({self._lists()}, {self._in_frame('line', LINE, 'bool', d)})",
                        "count(tags)",
                    ]
                )
            case 5:
                return f"sum({self._lists()}, {self._in_frame('line', LINE, 'integer', d)})"
            case 6:
                return f"length({self.write('text', d)})"
            case _:
                return self._shared("integer", d)

    def _sum(self, kind: str, d: int, operators: list[str]) -> str:
        return f"({self.write(kind, d)} {self.pick(operators)} {self.write(kind, d)})"

    def _divisor(self, d: int) -> str:
        return self.pick(
            [
                "qty",
                "128",
                "-3",
                "0.5",
                "count(lines, True) + 1",
                "amount_due + 0.01",
                f"max({self.write('integer', d)}, 1)",
            ]
        ).join("()")

    def _shared(self, kind: str, d: int) -> str:
        match next(self.tape, 0) % 5:
            case 0:
                return f"-{self.write(kind, d)}"
            case 1:
                return f"abs({self.write(kind, d)})"
            case 2:
                return f"{self.pick(['min', 'max'])}({self.write(kind, d)}, {self.write(kind, d)})"
            case 3:
                return f"({self.write(kind, d)} if {self.write('bool', d)} else {self.write(kind, d)})"
            case _:
                return self.name(kind)

    def _decimal(self, d: int) -> str:
        match next(self.tape, 0) % 7:
            case 0:
                return f"({self.write(self.pick(NUMERIC), d)} {self.pick(['+', '-', '*'])} {self.write('decimal', d)})"
            case 1:
                return f"({self.write(self.pick(NUMERIC), d)} / {self._divisor(d)})"
            case 2:
                return f"({self.write('decimal', d)} % {self.pick(['0.7', '-7', 'qty'])})"
            case 3:
                return f"round({self.write('decimal', d)}, {self.pick(['0', '1', '2', '5'])})"
            case 4:
                return f"({self.write('duration', d)} / {self.pick(['hours(7)', 'days(-3)', 'minutes(1)'])})"
            case 5:  # ties of rounding
                return (
                    f"({self.pick(['rate', '0.000005', '0.000003'])} * {self.pick(['0.5', '2.5', 'rate'])})"
                )
            case _:
                return self._shared("decimal", d)

    def _money(self, d: int) -> str:
        match next(self.tape, 0) % 5:
            case 0:
                return self._sum("money", d, ["+", "-"])
            case 1:
                return f"({self.write('money', d)} * {self.write('integer', d)})"
            case 2:
                return f"sum({self._lists()}, {self._in_frame('line', LINE, 'money', d)})"
            case 3:
                return f"round({self.write('decimal', d)}, 2)"
            case _:
                return self._shared("money", d)

    def _text(self, d: int) -> str:
        match next(self.tape, 0) % 3:
            case 0:
                return f"{self.pick(['lower', 'upper'])}({self.write('text', d)})"
            case 1:
                return f"({self.write('text', d)} if {self.write('bool', d)} else {self.write('text', d)})"
            case _:
                return self.name("text")

    def _datetime(self, d: int) -> str:
        match next(self.tape, 0) % 4:
            case 0:
                return f"({self.write('datetime', d)} {self.pick(['+', '-'])} {self.write('duration', d)})"
            case 1:
                return (
                    f"{self.pick(['min', 'max'])}({self.write('datetime', d)}, {self.write('datetime', d)})"
                )
            case 2 if self.frames[-1][0] == "order":
                return f"coalesce({self._latest('shipment', SHIPMENT, 'shipments', d)}, {self._latest('line', LINE, 'lines', d)}, now)"
            case _:
                return self.name("datetime")

    def _date(self, d: int) -> str:
        match next(self.tape, 0) % 3:
            case 0:
                return f"day({self.write('datetime', d)})"
            case 1:
                return (
                    f"({self.write('date', d)} {self.pick(['+', '-'])} {self.pick(['days(2)', 'days(qty)'])})"
                )
            case _:
                return self.name("date")

    def _duration(self, d: int) -> str:
        match next(self.tape, 0) % 7:
            case 0:
                return f"age({self.write('datetime', d)})"
            case 1:
                return f"({self.write('datetime', d)} - {self.write('datetime', d)})"
            case 2:
                return f"({self.write('date', d)} - {self.write('date', d)})"
            case 3:
                return f"{self.pick(['days', 'hours', 'minutes'])}({self.pick(['qty', 'rate', 'stock'])})"
            case 4:
                return f"({self.write('duration', d)} * {self.pick(['3', 'stock', 'qty'])})"
            case 5:
                return self._sum("duration", d, ["+", "-"])
            case _:
                return self._shared("duration", d)


Outcome = tuple[str, object]
Evaluate = Callable[[Expression, Mapping[str, object], object], object]


def outcome(run: Callable[[], object]) -> Outcome:
    """The value with its class, or the name that was missing."""
    try:
        value = run()
    except Missing as missing:
        return "missing", missing.name
    return type(value).__name__, value


def compiled(
    expression: Expression, r: Mapping[str, object], v: object, helpers: Mapping[str, object] = HELPERS
) -> Outcome:
    """What the compiled function gives."""
    return outcome(lambda: compile_with([expression], helpers)[0](r, v))  # type: ignore[arg-type]


def reference(expression: Expression, r: Mapping[str, object], v: object, **planted: object) -> Outcome:
    """What the reference evaluator gives."""
    return outcome(lambda: Reference(expression, r, v, **planted).value(expression.root))  # type: ignore[arg-type]


CLASSES = {
    "decimal": "Decimal",
    "money": "Decimal",
    "integer": "int",
    "bool": "bool",
    "duration": "timedelta",
}
CLASSES |= {"date": "date", "datetime": "datetime", "text": "str", "choice": "str", "ref": "str"}


def fits(type_: Type, found: Outcome) -> bool:
    """Whether a value is what the checker promised: its class, there or missing, within its interval and places."""
    name, value = found
    if name == "missing" or value is None:
        return name == "missing" or type_.optional
    if isinstance(value, datetime):
        value = (value - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    elif isinstance(value, date):
        value = value.toordinal() - date(1970, 1, 1).toordinal()
    elif isinstance(value, timedelta):
        value = value.total_seconds()
    elif isinstance(value, Decimal) and (Fraction(value) * 10**type_.places).denominator != 1:
        return False
    if type_.kind in ORDERED and not bounds(type_)[0] <= value <= bounds(type_)[1]:  # type: ignore[operator]
        return False
    return CLASSES[type_.kind] == name


@dataclass
class Coverage:
    """What the generated expressions contained, and how bools came out."""

    nodes: Counter[str] = field(default_factory=Counter)
    functions: Counter[str] = field(default_factory=Counter)
    written: int = 0
    checked: int = 0
    missing: int = 0
    true: int = 0
    bools: int = 0

    def add(self, expression: Expression, found: Outcome) -> None:
        self.checked += 1
        for node in walk(expression.root):
            name = type(node).__name__
            self.nodes[f"{name} {node.operator}" if isinstance(node, tree.Arithmetic) else name] += 1
            if isinstance(node, tree.Compare):
                self.nodes.update(f"Compare {each}" for each in node.operators)
            if isinstance(node, tree.Call):
                self.functions[node.function] += 1
        self.missing += found[0] == "missing"
        if found[0] == "bool":
            self.bools += 1
            self.true += found[1] is True

    def report(self) -> str:
        share = 100 * self.true / max(self.bools, 1)
        return "\n".join(
            (
                f"{self.checked} of {self.written} written expressions passed the check; {self.missing} raised Missing",
                f"bools: {self.bools}, true {share:.1f} %",
                "nodes: " + ", ".join(f"{name} {count}" for name, count in sorted(self.nodes.items())),
                "functions: "
                + ", ".join(f"{name} {count}" for name, count in sorted(self.functions.items())),
            )
        )

    def verify(self) -> None:
        expected = {node.__name__ for node in tree.Node.__args__}
        expected |= {f"Arithmetic {each}" for each in ("+", "-", "*", "/", "//", "%")}
        expected |= {f"Compare {each}" for each in ("<", "<=", ">", ">=", "==", "!=")}
        assert not (expected - {"Arithmetic"}) - set(self.nodes), "a kind of node was never generated"
        assert not set(FUNCTIONS) - set(self.functions), "a function was never generated"
        assert 0.3 <= self.true / self.bools <= 0.7, "bools come out too much one way"
        assert self.missing > 10
        assert self.checked > self.written / 2, "the checker refuses most of what is generated"


def picker(tape: Iterator[int]) -> Callable[[list[object]], object]:
    """Chooses values of a record from a tape."""
    return lambda pool: pool[next(tape, 0) % len(pool)]


def written(tape: bytes, *, lenient: bool) -> list[str]:
    """A few expressions from one tape."""
    writer = Writer(tape, lenient=lenient)
    return [writer.write(writer.pick(KINDS), 1 + next(writer.tape, 0) % 3) for _ in range(4)]


def cases(shop, tape: bytes, coverage: Coverage) -> Iterator[tuple[Expression, dict[str, object], object]]:
    """The checked expressions of a tape, each with an order."""
    lenient = bool(tape) and tape[0] % 3 == 0
    scope = shop.lenient if lenient else shop.scope
    r, v = shop.order(picker(iter(tape[-RECORD:])))
    for source in written(tape[1:-RECORD], lenient=lenient):
        coverage.written += 1
        found = analyse(source, scope)
        if isinstance(found, Expression):
            yield found, r, v


def test_both_back_ends_agree_on_generated_expressions(shop, capsys):
    coverage = Coverage()

    @settings(max_examples=1000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.binary(min_size=TAPE, max_size=TAPE))
    def compare(tape: bytes) -> None:
        for expression, r, v in cases(shop, tape, coverage):
            fast, slow = compiled(expression, r, v), reference(expression, r, v)
            assert fast == slow, f"{expression.source}: compiled {fast}, reference {slow}"
            assert fits(expression.type, fast), f"{expression.source}: {fast} is outside {expression.type}"
            coverage.add(expression, fast)

    compare()
    with capsys.disabled():
        print(f"\n{coverage.report()}")
    coverage.verify()


@pytest.fixture(scope="module")
def corpus(shop) -> list[tuple[Expression, dict[str, object], object, Outcome]]:
    """Expressions with what they give, from a fixed seed."""
    chance = random.Random(20260329)
    found = []
    for _ in range(1200):
        for expression, r, v in cases(shop, chance.randbytes(TAPE), Coverage()):
            found.append((expression, r, v, reference(expression, r, v)))
    return found


def half_up(operation: Callable[[Decimal, Decimal], Decimal], places: int = 6) -> Callable[..., Decimal]:
    """The operation, rounded half up."""
    wide = decimal.Context(prec=160, rounding=decimal.ROUND_HALF_UP)
    return lambda a, b: wide.quantize(operation(Decimal(a), Decimal(b)), Decimal(1).scaleb(-places))


WIDE = decimal.Context(prec=160)
COMPILED_FAULTS = {
    "divide half up": {"_divide": half_up(WIDE.divide)},
    "multiply half up": {"_multiply_rounded": half_up(WIDE.multiply)},
    "round half up": {
        "_rounded": lambda a, places: a.quantize(Decimal(1).scaleb(-places), decimal.ROUND_HALF_UP, WIDE)
    },
    "floor towards zero": {"_floor_divide": lambda a, b: int(WIDE.divide_int(a, b))},
    "modulo of the dividend's sign": {"_modulo": WIDE.remainder},
    "any over none": {"_any": lambda answers: any(found := list(answers)) or not found},
    "all over none": {"_all": lambda answers: all(found := list(answers)) and bool(found)},
    "all_live over none": {"_live_all": all},
    "latest is earliest": {"_latest": HELPERS["_earliest"]},
    "first is last": {
        "_first": lambda reached, states: max((reached[s] for s in states if s in reached), default=None)
    },
    "sum forgets": {"_total": lambda values: numbers.total(list(values)[1:])},
    "a missing value passes": {"_need": lambda value, name: value},
    "min is max": {"_min": max},
    "holds of the parent are forgotten": {
        "_held": lambda record, _, names: HELPERS["_held"](record, None, names)
    },
    "any hold will do": {"_held": lambda record, parent, _: HELPERS["_held"](record, parent, ())},
    "held time counts": {
        "_time_in": lambda record, _, state, leaves, now: (
            now - record.entered[state] if record.state in leaves else timedelta(0)
        )
    },
    "time before the state counts": {
        "_time_in": lambda record, parent, state, _, now: HELPERS["_time_in"](
            record, parent, state, [record.state] if state in record.entered else [], now
        )
    },
    "the radius is left out": {
        "_reaches": lambda site, place: site["radius_km"] is None or place is not None
    },
    "distance in miles": {"_distance": lambda a, b: HELPERS["_distance"](a, b) * Decimal("0.621")},
    "the caller's decimal context": {"_add": lambda a, b: decimal.Context(prec=5).add(a, b)},
}


@pytest.mark.parametrize("name", COMPILED_FAULTS)
def test_a_fault_planted_in_the_compiled_helpers_is_found(corpus, name):
    helpers = {**HELPERS, **COMPILED_FAULTS[name]}  # type: ignore[dict-item]

    def differs(expression: Expression, r: dict[str, object], v: object, right: Outcome) -> bool:
        try:
            return compiled(expression, r, v, helpers) != right
        except Exception:
            return True

    assert any(differs(*case) for case in corpus)


@pytest.mark.parametrize(
    ("right", "wrong"), [("<", ast.LtE()), (">", ast.GtE()), ("<=", ast.Lt()), ("==", ast.GtE())]
)
def test_a_comparison_planted_in_the_compiler_is_found(corpus, monkeypatch, right, wrong):
    monkeypatch.setitem(python_nodes._COMPARISONS, right, wrong)
    assert any(
        compiled(expression, r, v) != found
        for expression, r, v, found in corpus
        if right in expression.source
    )


def trunc_modulo(a: object, b: object) -> object:
    """`%` with the sign of the dividend."""
    return exact.arithmetic(lambda x, y: x - int(x / y) * y, a, b)


REFERENCE_FAULTS = {
    "< is <=": {ast.Lt: operator.le},
    ">= is >": {ast.GtE: operator.gt},
    "in is not in": {ast.In: lambda item, container: item not in container},
    "divide half up": {
        ast.Div: lambda a, b: (
            half_up(WIDE.divide)(a, b) if isinstance(a, int | Decimal) else exact.divide(a, b)
        )
    },
    "floor towards zero": {ast.FloorDiv: lambda a, b: int(exact._fraction(a) / exact._fraction(b))},
    "modulo of the dividend's sign": {ast.Mod: trunc_modulo},
    "negate does nothing": {ast.USub: lambda a: a},
}


@pytest.mark.parametrize("name", REFERENCE_FAULTS)
def test_a_fault_planted_in_the_reference_is_found(corpus, name):
    operators = {**OPERATORS, **REFERENCE_FAULTS[name]}  # type: ignore[dict-item]
    assert any(
        reference(expression, r, v, operators=operators) != right for expression, r, v, right in corpus
    )


@pytest.mark.parametrize(
    ("call", "wrong"),
    [
        ("_call_is_held", lambda right, self, node: not right(self, node)),
        ("_call_time_in", lambda right, self, node: self.view.now - self.view.now),
        ("_call_pooled", lambda right, self, node: self._position(node).on_hand),
        ("_call_available", lambda right, self, node: self._position(node).on_hand),
        ("_call_has_tag", lambda right, self, node: True),
        ("_call_tier", lambda right, self, node: "gold"),
        ("_call_reaches", lambda right, self, node: True),
        ("_call_look_up", lambda right, self, node: None),
        ("_through", lambda right, self, node: right(self, node) if node.aggregate else None),
    ],
)
def test_a_call_planted_in_the_reference_is_found(corpus, monkeypatch, call, wrong):
    right = getattr(Reference, call)
    monkeypatch.setattr(Reference, call, lambda self, node: wrong(right, self, node))

    def differs(expression: Expression, r: dict[str, object], v: object, found: Outcome) -> bool:
        try:
            return reference(expression, r, v) != found
        except Exception:
            return True

    assert any(differs(*case) for case in corpus)


def test_a_quantifier_planted_in_the_reference_is_found(corpus, monkeypatch):
    right = Reference._call_any
    monkeypatch.setattr(Reference, "_call_any", lambda self, node: right(self, node) or not self._rows(node))
    assert any(
        reference(expression, r, v) != found
        for expression, r, v, found in corpus
        if "any" in expression.source
    )
