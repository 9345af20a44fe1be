"""What writing any expression needs: names that are there, literals, and how large a value can be."""

from collections.abc import Sequence
from typing import NamedTuple, Self

from tests.soundness.sight import CENTURY, TIMES, Rows, Seen, Sight
from tests.soundness.tape import Tape

#: How large a calculation may grow: numbers, durations in seconds, moments in seconds off the calendar of fields.
LARGEST, LONGEST, FARTHEST = 1e37, 1.5e11, 5e10
#: More than this and an expression is written anew, simpler.
MOST_CHARACTERS = 900
ORDER = ("<", "<=", ">", ">=", "==", "!=")
TEXTS = ('"A"', '"EX-1"', '""', '"刹车片"', '"ß"', "'it is'")
#: What a rule set may dare: a value that may be missing, a zero divisor, too many digits, leaving the calendar, no option.
DARES = ("missing", "zero", "digits", "calendar", "option")


class Value(NamedTuple):
    """A written value and how large it can be."""

    text: str
    size: float = 1e6


class Writing:
    """Writes expressions over a sight.

    Args:
        tape: where the choices come from.
        sight: what may be looked at.
        places: the places of the rule set's money.
        dares: what this rule set dares, if anything.
    """

    def __init__(self, tape: Tape, sight: Sight, places: int, dares: str = "") -> None:
        self.tape = tape
        self.sight = sight
        self.places = places
        self.dares = dares

    def dare(self, what: str, percent: int = 30) -> bool:
        """Whether to write something unsound here."""
        if self.dares != what or self.sight.lenient or not self.tape.chance(percent):
            return False
        self.tape.note(f"dares {what}")
        return True

    def within(self, sight: Sight) -> Self:
        """The same writer, looking at something else."""
        return type(self)(self.tape, sight, self.places, self.dares)

    def condition(self, depth: int = 2) -> str:
        """A condition of reasonable length."""
        text = self.truth(depth)
        return text if len(text) <= MOST_CHARACTERS else self.truth(0)

    def value(self, kind: str, depth: int = 1, options: Sequence[str] = (), entity: str = "") -> str:
        """A value of a kind, as a field of that kind takes it."""
        match kind:
            case "choice":
                text = self.choice(tuple(options))
            case "ref":
                text = self.ref(entity)
            case "bool":
                text = self.condition(depth)
            case "location":
                text = self.location()
            case _:
                text = self.of(kind, depth).text
        return text if len(text) <= MOST_CHARACTERS else self.of(kind, 0).text

    def of(self, kind: str, depth: int) -> Value:
        """A value of a kind and its size; too large ones are written anew, simpler."""
        found: Value = getattr(self, f"_{kind}")(depth)
        most = {"duration": LONGEST, "datetime": FARTHEST, "date": FARTHEST}.get(kind, LARGEST)
        while found.size > most or len(found.text) > MOST_CHARACTERS:
            depth = min(depth, 1) - 1
            found = self._leaf(kind) if depth < 0 else getattr(self, f"_{kind}")(depth)
        return found

    def name(self, each: Seen) -> Value:
        """A name where a value is needed."""
        if not each.optional or each.text in self.sight.sure or self.sight.lenient or self.dare("missing"):
            return Value(each.text, each.size)
        self.tape.note("coalesce")
        return Value(f"coalesce({each.text}, {self._literal(each.kind).text})", max(each.size, 1e3))

    def _leaf(self, kind: str) -> Value:
        names = [
            each for each in self.sight.of_kind(kind) if not (each.kind in TIMES and each.size > CENTURY)
        ]
        if names and (kind == "datetime" or self.tape.below(4)):
            return self.name(self.tape.pick(names))
        return self._literal(kind)

    def _literal(self, kind: str) -> Value:
        match kind:
            case "integer":
                return Value(self.tape.pick(("1", "0", "7", "-2", "100")), 100)
            case "decimal":
                return Value(self.tape.pick(("0.5", "0.1", "-2.5", "0.000001", "1.25")), 3)
            case "money":
                return Value(
                    self.tape.pick(("0", "3", "100") if not self.places else ("0", "2.5", "100")), 100
                )
            case "text" | "choice" | "ref":
                return Value(self.tape.pick(TEXTS))
            case "bool":
                return Value(self.tape.pick(("True", "False")))
            case "datetime":
                return Value(self._moment().text, 0)
            case "date":
                return Value(f"day({self._moment().text})", 1e5)
        unit, seconds = self.tape.pick((("hours", 3600), ("days", 86_400), ("minutes", 60)))
        count = self.tape.pick(("2", "0", "1.5", "24") if unit != "days" else ("1", "0", "30"))
        return Value(f"{unit}({count})", 30 * seconds)

    def _moment(self) -> Value:
        """A moment that is always there."""
        names = [each for each in self.sight.of_kind("datetime") if not each.optional]
        return Value(self.tape.pick(names).text if names else "now", 0)

    def _list(self) -> tuple[str, Rows] | None:
        """A list that is there, and what its rows are."""
        if not self.sight.rows:
            return None
        rows = self.tape.pick(self.sight.rows)
        if not rows.optional or rows.text in self.sight.sure or self.sight.lenient or self.dare("missing"):
            return rows.text, rows
        same = [each for each in self.sight.rows if each.record == rows.record and not each.optional]
        return (f"coalesce({rows.text}, {same[0].text})", rows) if same else None

    def _latest(self, d: int) -> str:
        """`latest` or `earliest` over children or rows, which may be missing; an empty text where there are none."""
        function = self.tape.pick(("latest", "earliest"))
        found = self._list()
        if self.sight.families and (found is None or self.tape.below(2)):
            family = self.tape.pick(self.sight.families)
            inner = self.within(self.sight.child(family))
            moments = [
                f'reached_at("{family.states[0]}")',
                f'entered("{family.states[-1]}")',
                inner.of("datetime", d).text,
            ]
            return f"{function}({family.name}, {self.tape.pick(moments)})"
        if found is None:
            return self._moment().text
        inner = self.within(self.sight.row(found[1]))
        return f"{function}({found[0]}, {inner.of('datetime', d).text})"

    def _position(self) -> str:
        sight, tape = self.sight, self.tape
        house = f'"{tape.pick(sight.warehouses)}"'
        sku = self.of("text", 0).text
        if sight.pools and tape.below(3) == 1:
            return f'pooled({house}, {sku}, "{tape.pick(sight.pools)}")'
        return f"{tape.pick(('on_hand', 'available'))}({house}, {sku})"

    def choice(self, options: tuple[str, ...]) -> str:
        """One of the options."""
        if self.dare("option", 80):
            return self.of("text", 0).text
        same = [
            each for each in self.sight.of_kind("choice") if each.options == options and not each.optional
        ]
        if same and self.tape.below(2):
            return self.tape.pick(same).text
        one, other = (f'"{self.tape.pick(options)}"' for _ in range(2))
        return f"{one} if {self.truth(1)} else {other}" if self.tape.below(2) else one

    def ref(self, entity: str) -> str:
        """The key of a record of that kind; an empty text where nothing is sure to be one."""
        same = [
            each.text for each in self.sight.of_kind("ref") if each.entity == entity and not each.optional
        ]
        return self.tape.pick(same) if same else ""

    def location(self) -> str:
        """A place; an empty text where none is sure to be there."""
        places = [each.text for each in self.sight.of_kind("location") if not each.optional]
        return self.tape.pick(places) if places else ""

    def truth(self, d: int) -> str:
        """A condition."""
        raise NotImplementedError

    def _shared(self, kind: str, d: int) -> Value:
        a, b = self.of(kind, d - 1), self.of(kind, 0)
        size = max(a.size, b.size)
        match self.tape.below(6):
            case 0:
                return Value(f"-{a.text}", a.size)
            case 1:
                return Value(f"abs({a.text})", a.size)
            case 2:
                return Value(f"{self.tape.pick(('min', 'max'))}({a.text}, {b.text})", size)
            case 3:
                return Value(f"({a.text} if {self.truth(d - 1)} else {b.text})", size)
            case 4:
                tables = [each for each in self.sight.tables if each.kind == kind]
                if tables:
                    return self.name(self.tape.pick(tables))
        return a

    def _sum(self, kind: str, d: int) -> Value:
        a, b = self.of(kind, d - 1), self.of(kind, 0)
        return Value(f"({a.text} {self.tape.pick(('+', '-'))} {b.text})", a.size + b.size)
