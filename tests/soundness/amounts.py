"""Writes numbers and texts."""

from tests.soundness.sight import NUMERIC
from tests.soundness.writing import Value, Writing


class Amounts(Writing):
    """Writes numbers and texts."""

    def _divisor(self, d: int) -> Value:
        """A divisor that is not zero, and how much larger a quotient by it can be."""
        if self.dare("zero"):
            return Value(f"({self.of('integer', d).text})", 1)
        names = [each for each in self.sight.of_kind(*NUMERIC) if each.positive and not each.optional]
        if names and self.tape.below(2):
            return Value(self.tape.pick(names).text, 1)
        over = self.of("integer", 0)
        return Value(self.tape.pick(("7", "-3", "0.5", f"max({over.text}, 1)")), 2)

    def _row_sum(self, kind: str, d: int) -> Value | None:
        found = self._list()
        if found is None:
            return None
        each = self.within(self.sight.row(found[1])).of(kind, d - 1)
        return Value(f"sum({found[0]}, {each.text})", each.size * 1e4)

    def _integer(self, d: int) -> Value:
        if d <= 0:
            return self._leaf("integer")
        tape = self.tape
        match tape.below(14):
            case 13 if self.sight.calendars:
                a, b = self.of("date", d - 1), self.of("date", 0)
                return Value(f'workdays({a.text}, {b.text}, "{tape.pick(self.sight.calendars)}")', 4e6)
            case 10:
                part = tape.pick(("year", "month", "day_of_month", "weekday"))
                return Value(f"{part}({self.of('date', d - 1).text})", 1e4)
            case 11:
                return Value(f"{tape.pick(('hour', 'minute'))}({self.of('datetime', d - 1).text})", 60)
            case 12:
                return Value(f"to_integer({self.of('text', d - 1).text}, {self.of('integer', 0).text})", 1e18)
            case 0 | 1:
                return self._sum("integer", d)
            case 2:
                a, b = self.of("integer", d - 1), self.of("integer", 0)
                return Value(f"({a.text} * {b.text})", a.size * b.size)
            case 3:
                a, over = self.of(tape.pick(NUMERIC), d - 1), self._divisor(d - 1)
                return Value(f"({a.text} // {over.text})", a.size * over.size)
            case 4:
                return Value(f"({self.of('integer', d - 1).text} % {tape.pick(('7', '-7', '3'))})", 7)
            case 5:
                return Value(f"length({self.of('text', d - 1).text})", 1e6)
            case 6:
                found = self._list()
                if found is not None:
                    asked = self.within(self.sight.row(found[1])).truth(d - 1)
                    return Value(tape.pick((f"count({found[0]})", f"count({found[0]}, {asked})")), 1e4)
                return self._leaf("integer")
            case 7:
                return self._row_sum("integer", d) or self._leaf("integer")
            case 8 if self.sight.stock:
                return Value(self._position(), 1e18)
        return self._shared("integer", d)

    def _decimal(self, d: int) -> Value:
        if d <= 0:
            return self._leaf("decimal")
        tape = self.tape
        if self.dare("digits", 50):
            names = self.sight.of_kind("decimal", "money", "integer")
            large = [
                each.text
                for each in names
                if not each.optional and each.size >= 1e18 and "event" not in each.text
            ]
            if large:
                return Value(f"({' * '.join(tape.pick(large) + ' * 1.000001' for _ in range(10))})", 1)
        match tape.below(9):
            case 8:
                return Value(f"to_decimal({self.of('text', d - 1).text}, {self.of('decimal', 0).text})", 1e18)
            case 0 | 1:
                a, b = self.of(tape.pick(("integer", "decimal")), d - 1), self.of("decimal", 0)
                return Value(f"({a.text} {tape.pick(('+', '-'))} {b.text})", a.size + b.size)
            case 2:
                a, b = self.of(tape.pick(NUMERIC), d - 1), self.of("decimal", 0)
                return Value(f"({a.text} * {b.text})", a.size * b.size)
            case 3:
                a, over = self.of(tape.pick(NUMERIC), d - 1), self._divisor(d - 1)
                return Value(f"({a.text} / {over.text})", a.size * over.size)
            case 4:
                return Value(f"({self.of('decimal', d - 1).text} % {tape.pick(('0.7', '-7'))})", 7)
            case 5:
                a = self.of("decimal", d - 1)
                return Value(f"round({a.text}, {tape.below(7)})", a.size + 1)
            case 6:
                a = self.of("duration", d - 1)
                return Value(f"({a.text} / {tape.pick(('hours(7)', 'days(-3)', 'minutes(1)'))})", a.size)
            case 7:
                places = [each.text for each in self.sight.of_kind("location") if not each.optional]
                if places:
                    return Value(f"distance_km({tape.pick(places)}, {tape.pick(places)})", 2e4)
        return self._shared("decimal", d)

    def _money(self, d: int) -> Value:
        if d <= 0:
            return self._leaf("money")
        match self.tape.below(6):
            case 0 | 1:
                return self._sum("money", d)
            case 2:
                a, b = self.of("money", d - 1), self.of("integer", 0)
                names = self.sight.of_kind("money")
                return (
                    Value(f"({a.text} * {b.text})", a.size * b.size)
                    if names and a.text in {n.text for n in names}
                    else a
                )
            case 3:
                return self._row_sum("money", d) or self._leaf("money")
        return self._shared("money", d)

    def _text(self, d: int) -> Value:
        if d <= 0:
            names = self.sight.of_kind("text", "ref")
            return self.name(self.tape.pick(names)) if names and self.tape.below(3) else self._literal("text")
        match self.tape.below(6):
            case 4:
                return Value(f"trim({self.of('text', d - 1).text})")
            case 5:
                return Value(
                    f'replace({self.of("text", d - 1).text}, "A", "{self.tape.pick(("", "刹", "B"))}")'
                )
            case 0:
                choices = [each.text for each in self.sight.of_kind("choice") if not each.optional]
                inner = (
                    self.tape.pick(choices)
                    if choices and self.tape.below(3) == 1
                    else self.of("text", d - 1).text
                )
                return Value(f"{self.tape.pick(('lower', 'upper'))}({inner})")
            case 1:
                return Value(
                    f"({self.of('text', d - 1).text} if {self.truth(d - 1)} else {self.of('text', 0).text})"
                )
            case 2:
                tables = [each for each in self.sight.tables if each.kind == "text"]
                if tables:
                    return self.name(self.tape.pick(tables))
        return self.of("text", 0)

    def _bool(self, d: int) -> Value:
        return Value(self.truth(d))

    def _choice(self, d: int) -> Value:
        return self._text(d)
