"""Writes dates, datetimes and durations."""

from tests.soundness.sight import CENTURY
from tests.soundness.writing import Value, Writing


class Moments(Writing):
    """Writes dates, datetimes and durations."""

    def _datetime(self, d: int) -> Value:
        if d <= 0:
            return self._leaf("datetime")
        tape = self.tape
        if self.dare("calendar", 60):
            length, count = self.of("duration", 0), tape.pick(("1000000", "5000", "-90000"))
            return Value(f"({self._moment().text} + {length.text} * {count})", 0)
        match tape.below(7):
            case 6:
                a, hour = (
                    self.of("date", d - 1),
                    tape.pick(("16, 30", "2, 30", "0", f"hour({self._moment().text})")),
                )
                return Value(f"at({a.text}, {hour})", a.size + 1e5)
            case 0 | 1:
                a, b = self.of("datetime", d - 1), self.of("duration", d - 1)
                return Value(f"({a.text} {tape.pick(('+', '-'))} {b.text})", a.size + b.size)
            case 2:
                a, b = self.of("datetime", d - 1), self.of("datetime", 0)
                return Value(f"{tape.pick(('min', 'max'))}({a.text}, {b.text})", max(a.size, b.size))
            case 3:
                found = self._latest(0)
                return Value(f"coalesce({found}, {self._moment().text})" if "est(" in found else found, 0)
            case 4 if self.sight.states:
                asked = f'{tape.pick(("reached_at", "entered"))}("{tape.pick(self.sight.states)}")'
                return Value(f"coalesce({asked}, {self._moment().text})", 0)
        if self.sight.clock == "free":
            return Value("now", 0)
        return self._leaf("datetime")

    def _date(self, d: int) -> Value:
        if d <= 0:
            return self._leaf("date")
        match self.tape.below(8):
            case 7 if self.sight.calendars:
                a, count = self.of("date", d - 1), self.tape.pick(("3", "-2", "0", "250"))
                return Value(
                    f'add_workdays({a.text}, {count}, "{self.tape.pick(self.sight.calendars)}")', a.size + 1e8
                )
            case 4:
                return Value(
                    self.tape.pick(
                        ("date(2026, 2, 17)", "date(1970, 1, 1)", "date(2199, 12, 31)", "date(2024, 2, 29)")
                    ),
                    0,
                )
            case 5:
                a = self.of("date", d - 1)
                return Value(f"start_of_month({a.text})", a.size + 3e6)
            case 6:
                a, months = self.of("date", d - 1), self.tape.pick(("3", "-1", "13", "1200"))
                return Value(f"add_months({a.text}, {months})", a.size + 1.1 * CENTURY)
            case 0:
                a = self.of("datetime", d - 1)
                return Value(f"day({a.text})", a.size + 1e5)
            case 1:
                a, count = self.of("date", d - 1), self._bounded(36_525)
                return Value(f"({a.text} {self.tape.pick(('+', '-'))} days({count}))", a.size + CENTURY)
            case 2 if self.sight.clock == "free":
                return Value("today", 0)
        return self._leaf("date")

    def _bounded(self, most: int) -> str:
        """An integer that is no greater than so many."""
        if self.dare("calendar", 60):
            return self.of("integer", 1).text
        names = [
            each.text for each in self.sight.of_kind("integer") if not each.optional and each.size <= most
        ]
        if names and self.tape.below(2):
            return self.tape.pick(names)
        return f"max(0, min({self.of('integer', 0).text}, 30))"

    def _duration(self, d: int) -> Value:
        if d <= 0:
            return self._leaf("duration")
        tape = self.tape
        match tape.below(8):
            case 0:
                a, b = self.of("datetime", d - 1), self.of("datetime", 0)
                return Value(f"({a.text} - {b.text})", a.size + b.size + 3 * CENTURY)
            case 1:
                a, b = self.of("date", d - 1), self.of("date", 0)
                return Value(f"({a.text} - {b.text})", a.size + b.size + 3 * CENTURY)
            case 2:
                unit, most = tape.pick(
                    (
                        ("hours", 876_000),
                        ("days", 36_525),
                        ("minutes", 52_000_000),
                        ("weeks", 5_217),
                        ("seconds", 3_000_000_000),
                    )
                )
                return Value(f"{unit}({self._bounded(most)})", CENTURY)
            case 3:
                a = self.of("duration", d - 1)
                return Value(f"({a.text} * {tape.pick(('3', '-2', '0'))})", a.size * 3)
            case 4:
                return self._sum("duration", d)
            case 5 if self.sight.clock == "free":
                a = self.of("datetime", 0)
                return Value(f"age({a.text})", a.size + 3 * CENTURY)
            case 6 if self.sight.clock == "free" and self.sight.states:
                return Value(f'time_in("{tape.pick(self.sight.states)}")', 3 * CENTURY)
        return self._shared("duration", d)
