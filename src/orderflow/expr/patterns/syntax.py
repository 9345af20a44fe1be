"""Patterns as trees: what may be written in one, and what is said of the rest.

The dialect is the part of `re`'s that stands for a regular language: characters, classes, `.`, groups, `|`, and the
quantifiers `? * + {n} {n,m} {n,}`. A pattern always speaks of the whole text, so there are no anchors.
"""

from dataclasses import dataclass, replace

from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.patterns.chars import ANY, DIGIT, SPACE, WORD, Chars, complement, union

#: The longest pattern, in characters.
LONGEST = 500
#: The most times that `{n,m}` may say.
TIMES = 255
#: The deepest nesting of groups.
DEPTH = 20

_CLASSES = {"d": DIGIT, "w": WORD, "s": SPACE}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r"}
_CAN_MATCH_NOWHERE = Message("write what the whole text looks like; nothing stands before or after it")


@dataclass(frozen=True, slots=True)
class Symbol:
    """One character out of a set. `start` and `end` are offsets in the pattern, brackets of a group included, as in all nodes."""

    start: int
    end: int
    chars: Chars


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other."""

    start: int
    end: int
    items: "tuple[Shape, ...]"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    start: int
    end: int
    items: "tuple[Shape, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part so many times; `most` is None where there is no end."""

    start: int
    end: int
    item: "Shape"
    least: int
    most: int | None


Shape = Symbol | Sequence | Choice | Repeat


def read_pattern(source: str) -> Shape:
    """The tree of a pattern.

    Raises:
        Refused: it cannot be read, with the fault (OF902); offsets are in characters of `source`.
    """
    if not source:
        raise _refused(0, 0, Message("the pattern is empty"), Message("write what the text looks like"))
    if len(source) > LONGEST:
        message = Message("the pattern is longer than {most} characters", most=LONGEST)
        raise _refused(0, len(source), message, Message("write a shorter one"))
    return _Reader(source).whole()


def _refused(start: int, end: int, message: Message, fix: Message, replacement: str | None = None) -> Refused:
    return Refused(Fault("OF902", message, start, end, fix, replacement, NOTHING))


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0

    def whole(self) -> Shape:
        found = self.choice(0)
        if self.at < len(self.source):
            raise self.refuse(
                self.at,
                self.at + 1,
                Message("`)` closes no group"),
                Message("write `\\)` for the sign"),
                "\\)",
            )
        return found

    def refuse(
        self, start: int, end: int, message: Message, fix: Message, replacement: str | None = None
    ) -> Refused:
        return _refused(start, min(end, len(self.source)), message, fix, replacement)

    def next(self) -> str:
        """The character at hand; an empty text at the end."""
        return self.source[self.at : self.at + 1]

    def choice(self, depth: int) -> Shape:
        start = self.at
        items = [self.sequence(depth)]
        while self.next() == "|":
            self.at += 1
            items.append(self.sequence(depth))
        return items[0] if len(items) == 1 else Choice(start, self.at, tuple(items))

    def sequence(self, depth: int) -> Shape:
        start = self.at
        items: list[Shape] = []
        while self.next() not in ("", "|", ")"):
            items.append(self.repeated(depth))
        if not items:
            # where one side of `|`, or a group, is empty
            begin, end = (start - 1, start) if start else (start, start + 1)
            raise self.refuse(
                begin,
                end,
                Message("an empty part stands here"),
                Message("write `?` behind what may be missing"),
            )
        return items[0] if len(items) == 1 else Sequence(start, self.at, tuple(items))

    def repeated(self, depth: int) -> Shape:
        start = self.at
        item = self.atom(depth)
        sign = self.at
        times = self.times()
        if times is None:
            return item
        extra = self.at
        if self.next() in ("?", "+") and self.next():
            fix = Message("remove the `{sign}`", sign=self.next())
            message = Message(
                "lazy and possessive quantifiers are not part of a pattern; there is only one way to match"
            )
            raise self.refuse(extra, extra + 1, message, fix, "")
        if self.next() in ("*", "{") and self.next():
            again = self.at
            self.times()
            raise self.refuse(
                again,
                self.at,
                Message("a second quantifier follows `{first}`", first=self.source[sign:extra]),
                Message("keep one of them, or put a group in brackets"),
            )
        return Repeat(start, self.at, item, *times)

    def times(self) -> tuple[int, int | None] | None:
        """The quantifier at hand, read; None where there is none."""
        letter = self.next()
        if letter and letter in "?*+":
            self.at += 1
            return {"?": (0, 1), "*": (0, None), "+": (1, None)}[letter]
        if letter != "{":
            return None
        start = self.at
        close = self.source.find("}", start)
        end = close + 1 if close >= 0 else start + 1
        low, comma, high = self.source[start + 1 : max(close, start + 1)].partition(",")
        if close < 0 or not _is_count(low or "0") or not _is_count(high or "0") or not (low or high):
            fix = Message("write `{{2}}` or `{{2,5}}`, or `\\{{` for the sign")
            raise self.refuse(start, end, Message("this says no number of times"), fix)
        least = int(low or 0)
        most = least if not comma else int(high) if high else None
        if max(least, most or 0) > TIMES:
            raise self.refuse(
                start,
                end,
                Message("`{times}` is more than {most} times", times=self.source[start:end], most=TIMES),
                Message("write at most {most}, or `*`", most=TIMES),
            )
        if most is not None and (most < least or most == 0):
            message = Message("nothing is there `{times}` times", times=self.source[start:end])
            raise self.refuse(
                start, end, message, Message("write the smaller number first, and at least one")
            )
        self.at = end
        return least, most

    def atom(self, depth: int) -> Shape:
        start, letter = self.at, self.next()
        match letter:
            case "(":
                return self.group(depth)
            case "[":
                return self.characters()
            case ".":
                self.at += 1
                return Symbol(start, self.at, ANY)
            case "\\":
                return Symbol(start, *self.escape())
            case "^" | "$":
                if (letter == "^") is (start == 0) and start in (0, len(self.source) - 1):
                    message = Message(
                        "`{sign}` is not needed: a pattern speaks of the whole text", sign=letter
                    )
                    fix = Message("remove the `{sign}`", sign=letter)
                    raise self.refuse(start, start + 1, message, fix, "")
                raise self.refuse(
                    start,
                    start + 1,
                    Message("`{sign}` can match nowhere here", sign=letter),
                    Message("write `\\{sign}` for the sign", sign=letter),
                    f"\\{letter}",
                )
            case "*" | "+" | "?" | "{":
                raise self.refuse(
                    start,
                    start + 1,
                    Message("`{sign}` repeats nothing", sign=letter),
                    Message("write `\\{sign}` for the sign, or `.*` for any text", sign=letter),
                )
            case "]" | "}":
                message = Message("`{sign}` closes nothing", sign=letter)
                fix = Message("write `\\{sign}` for the sign", sign=letter)
                raise self.refuse(start, start + 1, message, fix, f"\\{letter}")
        self.at += 1
        return Symbol(start, self.at, ((ord(letter), ord(letter)),))

    def group(self, depth: int) -> Shape:
        start = self.at
        if depth >= DEPTH:
            message = Message("groups are nested more than {most} deep", most=DEPTH)
            raise self.refuse(start, start + 1, message, Message("write it with fewer brackets"))
        self.at += 1
        if self.next() == "?":
            if self.source.startswith("?:", self.at):
                self.at += 2
            else:
                raise self.special()
        inner = self.choice(depth + 1)
        if self.next() != ")":
            message = Message("the group that begins here is not closed")
            raise self.refuse(start, start + 1, message, Message("add `)`, or write `\\(` for the sign"))
        self.at += 1
        return replace(inner, start=start, end=self.at)

    def special(self) -> Refused:
        """What is said of a group that begins with `(?` and is no plain one."""
        start, rest = self.at - 1, self.source[self.at :]
        named = rest.startswith(("?P<", "?<")) and not rest.startswith(("?<=", "?<!")) and ">" in rest
        if named:
            end = self.at + rest.index(">") + 1
            message = Message("groups have no names here")
            return self.refuse(start, end, message, Message("write `(` alone"), "(")
        for sign, what in (
            ("?=", Message("look-ahead")),
            ("?!", Message("look-ahead")),
            ("?<", Message("look-behind")),
            ("?P=", Message("a reference to a group")),
            ("?>", Message("an atomic group")),
            ("?(", Message("a condition on a group")),
        ):
            if rest.startswith(sign):
                message = Message("{what} is not part of a pattern", what=what)
                fix = Message(
                    "write two patterns, joined by `and` in an expression: `matches(x, ...) and ...`"
                )
                return self.refuse(start, start + 1 + len(sign), message, fix)
        message = Message("flags are not part of a pattern")
        return self.refuse(start, start + 2, message, Message("write both cases, such as `[Aa]`"))

    def escape(self, *, in_class: bool = False) -> tuple[int, Chars]:
        """Where the escape at hand ends, and what it stands for."""
        start = self.at
        letter = self.source[start + 1 : start + 2]
        self.at += 2
        if letter.lower() in _CLASSES and letter:
            chars = _CLASSES[letter.lower()]
            return self.at, chars if letter.islower() else complement(chars)
        if letter in _CONTROLS:
            letter = _CONTROLS[letter]
        elif not letter or letter.isalnum() or letter == "_":
            shown = self.source[start : start + 2]
            message = Message("`{shown}` is not part of a pattern", shown=shown)
            fix = Message("write `\\\\` for a backslash, or the character itself")
            if letter.isdigit():
                message = Message(
                    "`{shown}` would refer back to a group, which is not part of a pattern", shown=shown
                )
            elif letter in ("b", "B", "A", "Z", "z") and letter and not in_class:
                message = Message("`{shown}` is not needed: a pattern speaks of the whole text", shown=shown)
                fix = _CAN_MATCH_NOWHERE
            raise self.refuse(start, start + 2, message, fix)
        return self.at, ((ord(letter), ord(letter)),)

    def characters(self) -> Symbol:
        """A class: `[a-z]`, `[^,]`."""
        start = self.at
        self.at += 1
        negated = self.next() == "^"
        self.at += negated
        ranges: list[tuple[int, int]] = []
        first = self.at
        while self.next() != "]" or self.at == first:
            if self.at == first and self.next() == "]":
                message = Message("this class holds no character")
                raise self.refuse(start, self.at + 1, message, Message("write `\\]` for the sign in a class"))
            if not self.next():
                message = Message("the class that begins here is not closed")
                raise self.refuse(start, start + 1, message, Message("add `]`, or write `\\[` for the sign"))
            ranges.extend(self.range())
        self.at += 1
        chars = union(ranges)
        chars = complement(chars) if negated else chars
        if not chars:
            message = Message("this class holds no character")
            raise self.refuse(start, self.at, message, Message("write the characters that are meant"))
        return Symbol(start, self.at, chars)

    def range(self) -> Chars:
        """A character, an escape or a range in a class."""
        start = self.at
        low = self.member()
        if not (self.next() == "-" and self.source[self.at + 1 : self.at + 2] not in ("", "]")):
            return low
        self.at += 1
        high = self.member()
        if len(low) != 1 or len(high) != 1 or low[0][0] != low[0][1] or high[0][0] != high[0][1]:
            message = Message("`{range}` is no range", range=self.source[start : self.at])
            raise self.refuse(start, self.at, message, Message("write `-` last in the class for the sign"))
        if low[0][0] > high[0][0]:
            turned = f"{self.source[start : self.at].partition('-')[2]}-{chr(low[0][0])}"
            message = Message("the range `{range}` runs backwards", range=self.source[start : self.at])
            fix = Message("replace with `{turned}`", turned=turned)
            plain = self.at - start == 3
            raise self.refuse(start, self.at, message, fix, turned if plain else None)
        return ((low[0][0], high[0][0]),)

    def member(self) -> Chars:
        letter = self.next()
        if letter == "\\":
            return self.escape(in_class=True)[1]
        if letter == "[":
            message = Message("`[` inside a class")
            fix = Message("write `\\[` for the sign")
            raise self.refuse(self.at, self.at + 1, message, fix, "\\[")
        self.at += 1
        return ((ord(letter), ord(letter)),)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6
