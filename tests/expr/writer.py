"""Writes well-typed expressions on the shop's order from a tape of bytes."""

from tests.expr.vocabulary import (
    CALENDARS,
    CHAINS,
    DATES,
    FRAGMENTS,
    LINE,
    LITERALS,
    NUMERIC,
    ORDER,
    PARCEL,
    PATTERNS,
    SHIPMENT,
    STATES,
)

from orderflow.expr.calls import UNITS


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
        match next(self.tape, 0) % 18:
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
            case 15:
                return f"is_workday({self.write('date', d)}, {self.pick(CALENDARS)})"
            case 16:
                return f"matches({self.write('text', d)}, {self.pick(PATTERNS)})"
            case _:
                function = self.pick(["starts_with", "ends_with", "contains"])
                part = self.pick(FRAGMENTS) if next(self.tape, 0) % 2 else self.write("text", d)
                return f"{function}({self.write('text', d)}, {part})"

    def _small(self, d: int) -> int:
        return 0 if next(self.tape, 0) % 4 else d

    def _comparison(self, d: int) -> str:
        kind = self.pick(["integer", "money", "decimal", "datetime", "date", "duration", "text", "bool"])
        if kind in ("text", "bool"):
            return f"({self.write(kind, d)} {self.pick(['==', '!='])} {self.write(kind, d)})"
        other = self.pick(NUMERIC) if kind in NUMERIC else kind
        if next(self.tape, 0) % 5 == 1:
            below, above = self.pick(CHAINS).split()
            return f"({self.write(kind, d)} {below} {self.write(other, d)} {above} {self.write(kind, d)})"
        return f"({self.write(kind, d)} {self._order()} {self.write(other, d)})"

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
        if rows == "parcels" and function == "none_live":  # they are live in every state
            function = "all_live"
        if function == "none_live":
            return f"none_live({rows})"
        if function == "latest":
            return f"{self._latest(entity, names, rows, d)} is {self.pick(['None', 'not None'])}"
        asked = self._in_frame(entity, names, "bool", d)
        if (
            function == "all_live" and next(self.tape, 0) % 2
        ):  # of several children, all hardly ever meet a condition
            asked += f" or {self._in_frame(entity, names, 'bool', d)}"
        return f"{function}({rows}, {asked})"

    def _latest(self, entity: str, names: dict[str, list[str]], rows: str, d: int) -> str:
        moments = [text.rstrip("?") for text in names["datetime"]]
        asked = self.pick(moments) if next(self.tape, 0) % 3 else self._in_frame(entity, names, "datetime", d)
        return f"{self.pick(['latest', 'earliest'])}({rows}, {asked})"

    def _over(self, function: str, kind: str, d: int) -> str:
        """A function over what is looked at of each row or child."""
        if self.frames[-1][0] == "order" and next(self.tape, 0) % 3 == 0:
            return f"{function}(shipments, {self._in_frame('shipment', SHIPMENT, kind, d)})"
        return f"{function}({self._lists()}, {self._in_frame('line', LINE, kind, d)})"

    def _most(self, kind: str, d: int) -> str:
        """The least or greatest of rows or children, with what stands in for it."""
        other = self.pick(LITERALS[kind])
        return f"coalesce({self._over(self.pick(['min', 'max']), kind, d)}, {other})"

    def _part(self, d: int) -> str:
        """A part of a day or of a time of day."""
        function = self.pick(["year", "month", "day_of_month", "weekday", "hour", "minute"])
        return f"{function}({self.write('datetime' if function in ('hour', 'minute') else 'date', d)})"

    def _integer(self, d: int) -> str:
        match next(self.tape, 0) % 12:
            case 11:
                return f"workdays({self.write('date', d)}, {self.write('date', d)}, {self.pick(CALENDARS)})"
            case 8:
                return self._part(d)
            case 9:
                return self._most("integer", d)
            case 10:
                plain = ["sum(scores)", "coalesce(min(scores), 0)", "coalesce(max(scores), 7)"]
                said = (
                    f"to_integer({self.pick(['title', self.write('text', d)])}, {self.write('integer', 0)})"
                )
                return self.pick([*plain, said, said, said])
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
                return self._over("sum", "integer", d)
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
        match next(self.tape, 0) % 9:
            case 7:
                return self._most("decimal", d)
            case 8:
                return f"to_decimal({self.write('text', d)}, {self.write(self.pick(NUMERIC), 0)})"
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
                half = self.pick(["* 0.5", "* 2.5", "* rate", "/ 2", "/ 0.4"])
                return f"({self.pick(['rate', '0.000005', '0.000003'])} {half})"
            case _:
                return self._shared("decimal", d)

    def _money(self, d: int) -> str:
        match next(self.tape, 0) % 6:
            case 5:
                return self._most("money", d)
            case 0:
                return self._sum("money", d, ["+", "-"])
            case 1:
                return f"({self.write('money', d)} * {self.write('integer', d)})"
            case 2:
                return self._over("sum", "money", d)
            case 3:
                return f"round({self.write('decimal', d)}, 2)"
            case _:
                return self._shared("money", d)

    def _text(self, d: int) -> str:
        match next(self.tape, 0) % 4:
            case 0:
                return f"{self.pick(['lower', 'upper', 'trim'])}({self.write('text', d)})"
            case 3:
                change = self.pick(['"-", ""', '"X-", "x"', "'1', ' '", '"刹车", "片"', '" ", "1"'])
                return f"replace({self.write('text', d)}, {change})"
            case 1:
                return f"({self.write('text', d)} if {self.write('bool', d)} else {self.write('text', d)})"
            case _:
                return self.name("text")

    def _datetime(self, d: int) -> str:
        match next(self.tape, 0) % 6:
            case 4:
                time = self.pick(
                    ["2, 30", "2", "0", "23, 59", "qty % 24, qty % 60", "hour(now), minute(now)"]
                )
                return f"at({self.write('date', d)}, {time})"
            case 5:
                return self._most("datetime", d)
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
        match next(self.tape, 0) % 7:
            case 6:
                days = self.pick(["0", "1", "-1", "5", "stock", "-qty", "weekday(today) - 4"])
                return f"add_workdays({self.write('date', d)}, {days}, {self.pick(CALENDARS)})"
            case 3:
                return self.pick(DATES)
            case 4:
                return f"start_of_month({self.write('date', d)})"
            case 5:
                months = self.pick(["1", "-1", "12", "stock", "-qty", "weekday(today)"])
                return f"add_months({self.write('date', d)}, {months})"
            case 0:
                return f"day({self.write('datetime', d)})"
            case 1:
                return (
                    f"({self.write('date', d)} {self.pick(['+', '-'])} {self.pick(['days(2)', 'days(qty)'])})"
                )
            case _:
                return self.name("date")

    def _duration(self, d: int) -> str:
        match next(self.tape, 0) % 9:
            case 7:
                return self._over("sum", "duration", d)
            case 8:
                return self._most("duration", d)
            case 0:
                return f"age({self.write('datetime', d)})"
            case 1:
                return f"({self.write('datetime', d)} - {self.write('datetime', d)})"
            case 2:
                return f"({self.write('date', d)} - {self.write('date', d)})"
            case 3:
                return f"{self.pick(list(UNITS))}({self.pick(['qty', 'rate', 'stock'])})"
            case 4:
                return f"({self.write('duration', d)} * {self.pick(['3', 'stock', 'qty'])})"
            case 5:
                return self._sum("duration", d, ["+", "-"])
            case _:
                return self._shared("duration", d)
