"""Writes conditions."""

from dataclasses import replace

from tests.soundness.sight import NUMERIC, Seen
from tests.soundness.writing import LARGEST, ORDER, TEXTS, Writing


class Conditions(Writing):
    """Writes conditions."""

    def truth(self, d: int) -> str:
        """A condition."""
        if d <= 0:
            return self._simple()
        tape = self.tape
        match tape.below(18):
            case 0 | 1:
                return self._comparison(d - 1)
            case 2:
                return f"({self.truth(d - 1)} and {self.truth(d - 1)})"
            case 3:
                return f"({self.truth(d - 1)} or {self.truth(d - 1)})"
            case 4:
                return f"not {self.truth(d - 1)}"
            case 5 | 6:
                return self._guarded(d - 1)
            case 7:
                return f"({self.truth(d - 1)} if {self.truth(0)} else {self.truth(d - 1)})"
            case 8:
                return self._lifecycle()
            case 9 | 10:
                return self._rows_condition(d - 1)
            case 11 | 12:
                return self._children_condition(d - 1)
            case 13:
                return self._clocked(d - 1)
            case 14 | 15:
                return self._world()
            case 16:
                values = ", ".join(self.of("integer", 0).text for _ in range(2 + tape.below(4)))
                return f"{self.of('integer', d - 1).text} {tape.pick(('in', 'not in'))} [{values}]"
            case _:
                return self._divided(d - 1)

    def _simple(self) -> str:
        bools = self.sight.of_kind("bool")
        match self.tape.below(5):
            case 0 if bools:
                return self.name(self.tape.pick(bools)).text
            case 1:
                return self._choosing()
            case 2:
                return self._lifecycle()
            case 3:
                return self._texts()
        return self._comparison(0)

    def _comparison(self, d: int) -> str:
        kind = self.tape.pick(("integer", "money", "decimal", "datetime", "date", "duration"))
        other = self.tape.pick(NUMERIC) if kind in NUMERIC else kind
        text = f"{self.of(kind, d).text} {self.tape.pick(ORDER)} {self.of(other, d).text}"
        if self.tape.below(5) == 1:
            text += f" {self.tape.pick(ORDER)} {self.of(kind, 0).text}"
        return f"({text})"

    def _texts(self) -> str:
        match self.tape.below(4):
            case 3:
                pattern = self.tape.pick(("EX-[0-9]{4}", "digits", "[^x]*x", "(刹车|片)+"))
                return f'matches({self.of("text", 1).text}, "{pattern}")'
            case 0:
                return f"({self.of('text', 1).text} {self.tape.pick(('==', '!='))} {self.of('text', 0).text})"
            case 1:
                function = self.tape.pick(("starts_with", "ends_with", "contains"))
                return f"{function}({self.of('text', 1).text}, {self.of('text', 0).text})"
        names = [each for each in self.sight.of_kind("text") if not each.optional]
        listed = ", ".join(self.tape.pick(TEXTS) for _ in range(2 + self.tape.below(4)))
        return f"({self.tape.pick(names).text if names else TEXTS[0]} in [{listed}])"

    def _choosing(self) -> str:
        choices = self.sight.of_kind("choice")
        if not choices:
            return self._texts()
        one = self.tape.pick(choices)
        option = self.tape.pick(one.options)
        test = f"{one.text} is not None and " if one.optional and one.text not in self.sight.sure else ""
        if test and (self.sight.lenient or self.dare("missing")):
            test = ""
        if self.tape.below(2):
            return f'({test}{one.text} in ["{option}", "{self.tape.pick(one.options)}"])'
        return f'({test}{one.text} {self.tape.pick(("==", "!="))} "{option}")'

    def _guarded(self, d: int) -> str:
        """A test, and behind it a use that needs it."""
        optional = [each for each in self.sight.names if each.optional and each.text not in self.sight.sure]
        if not optional:
            return self._comparison(d)
        one = self.tape.pick(optional)
        self.tape.note("guarded")
        writer = self.within(replace(self.sight, sure=self.sight.sure | {one.text}))
        about = writer._about(one, d) if self.tape.below(3) else writer.truth(d)
        test, joint = self.tape.pick((("is not None", "and"), ("is None", "or")))
        if self.tape.below(4) == 1:
            return f"({about} if {one.text} is not None else {self.truth(0)})"
        return f"({one.text} {test} {joint} {about})"

    def _about(self, one: Seen, d: int) -> str:
        match one.kind:
            case "bool":
                return one.text
            case "choice":
                return f'{one.text} == "{self.tape.pick(one.options)}"'
            case "text" | "ref":
                return f"{one.text} == {self.of('text', d).text}"
            case "location":
                return f"{one.text} == {one.text}"
        return f"{one.text} {self.tape.pick(ORDER)} {self.of(one.kind, d).text}"

    def _lifecycle(self) -> str:
        sight, tape = self.sight, self.tape
        if not sight.states:
            return self._comparison(0)
        state = tape.pick(sight.states)
        match tape.below(9):
            case 0:
                return f'is_in("{state}", "{tape.pick(sight.states)}")'
            case 1:
                return f'reached("{state}")'
            case 2:
                return "is_open()"
            case 3:
                return f'(is_in("{state}") and {tape.pick(("reached_at", "entered"))}("{state}") {tape.pick(ORDER)} {self._moment().text})'
            case 4:
                return (
                    f'(reached("{state}") and reached_at("{state}") {tape.pick(ORDER)} {self._moment().text})'
                )
            case 5 if sight.holds:
                hold = tape.pick(sight.holds)
                return (
                    f'(is_held("{hold}") and held_since("{hold}") {tape.pick(ORDER)} {self._moment().text})'
                )
            case 6 if sight.holds:
                return "is_held()"
            case 7 if sight.clock == "free":
                return f'(time_in("{state}") {tape.pick(ORDER)} {self.of("duration", 0).text})'
            case 8:
                return f'(not is_in("{state}") or reached_at("{state}") {tape.pick(ORDER)} {self._moment().text})'
        return f'is_in("{state}")'

    def _rows_condition(self, d: int) -> str:
        found = self._list()
        if found is None:
            return self._comparison(d)
        text, rows = found
        return f"{self.tape.pick(('any', 'all'))}({text}, {self.within(self.sight.row(rows)).truth(d)})"

    def _children_condition(self, d: int) -> str:
        if not self.sight.families:
            return self._lifecycle()
        family = self.tape.pick(self.sight.families)
        inner = self.within(self.sight.child(family))
        match self.tape.below(5):
            case 0:
                return f"none_live({family.name})"
            case 1:
                return f"{self._latest(d)} is {self.tape.pick(('None', 'not None'))}"
            case 2:
                return f"count({family.name}, {inner.truth(d)}) > {self.of('integer', 0).text}"
        return f"{self.tape.pick(('some', 'all_live'))}({family.name}, {inner.truth(d)})"

    def _clocked(self, d: int) -> str:
        """A comparison that time turns; where the clock may not stand, another one."""
        if self.sight.clock == "none":
            return self._comparison(d)
        free = self.within(replace(self.sight, clock="none")) if self._has_moment() else self
        tape, order = self.tape, self.tape.pick(ORDER)
        if not self._has_moment():
            return f"(today {order} day(now))" if self.sight.clock == "free" else self._comparison(d)
        tape.note("turns")
        match tape.below(9):
            case 0:
                return f"(age({free.of('datetime', 0).text}) {order} {free.of('duration', d).text})"
            case 1:
                return f"(now {order} {free.of('datetime', d).text})"
            case 2:
                return f"(now - {free.of('datetime', 0).text} {order} {free.of('duration', 0).text})"
            case 3:
                return f"(today {order} {free.of('date', d).text})"
            case 4:
                return f"(today - {free.of('date', 0).text} {order} days(2))"
            case 5 if self.sight.states:
                return f'(time_in("{tape.pick(self.sight.states)}") {order} {free.of("duration", d).text})'
            case 6:
                return f"({free.of('datetime', 0).text} <= now < {free.of('datetime', d).text})"
            case 7:
                return free._zero_test(f"age({free.of('datetime', 0).text})", order)
        return f"(day(now) {order} {free.of('date', 0).text})"

    def _has_moment(self) -> bool:
        return any(not each.optional for each in self.sight.of_kind("datetime"))

    def _zero_test(self, clock: str, order: str) -> str:
        """The clock against what is divided behind a test of the divisor."""
        names = [each for each in self.sight.of_kind("integer") if not each.optional and each.size <= 1e6]
        if not names:
            return f"({clock} {order} {self.of('duration', 0).text})"
        one = self.tape.pick(names)
        return f"({one.text} != 0 and {clock} {order} hours(24 // {one.text}))"

    def _world(self) -> str:
        sight, tape = self.sight, self.tape
        asked: list[str] = []
        asked += [f'tier("{name}") == "{tape.pick(levels)}"' for name, levels in sight.tiers.items()]
        asked += [f'has_tag("{name}")' for name in sight.tags]
        asked += [f'can_source("{name}")' for name in sight.policies]
        asked += [f'can_take("{name}")' for name in sight.amounts]
        asked += [f'is_workday({self.of("date", 0).text}, "{name}")' for name in sight.calendars]
        places = [each.text for each in sight.of_kind("location")]
        if places:
            asked.append(f"{places[0]} is not None and {tape.pick(places)} is not None")
            if sight.reaches:
                asked.append(f"reaches(warehouse, {tape.pick(places)})")
        asked += [f"any({rows.text}, {self.within(sight.row(rows)).truth(0)})" for rows in sight.collects]
        asked += [f"{each.text} is not None" for each in sight.tables if each.optional]
        if sight.stock:
            asked.append(f"{self._position()} {tape.pick(ORDER)} {self.of('integer', 0).text}")
        return f"({tape.pick(asked)})" if asked else self._texts()

    def _divided(self, d: int) -> str:
        kind = self.tape.pick(NUMERIC)
        over = [each for each in self.sight.of_kind(*NUMERIC) if not each.optional and "(" not in each.text]
        if not over:
            return self._comparison(d)
        one = self.tape.pick(over)
        operator = self.tape.pick(("/", "//", "%"))
        test, joint = self.tape.pick(
            ((f"{one.text} != 0", "and"), (f"{one.text} == 0", "or"), (f"{one.text} > 0", "and"))
        )
        if self.dare("zero", 60):
            test = "True" if joint == "and" else "False"
        upper = self.of(kind, 0)
        if upper.size * 1e6 > LARGEST:
            upper = self._literal(kind)
        return f"({test} {joint} {upper.text} {operator} {one.text} {self.tape.pick(ORDER)} {self.of('integer', 0).text})"
