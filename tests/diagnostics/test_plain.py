"""Findings as plain data: the same comes back, and nothing else does."""

import json
from decimal import Decimal
from typing import Any

import pytest

from orderflow.diagnostics import Diagnostic, Fix, Label, Message, Severity, Span, joined
from orderflow.diagnostics.plain import from_plain, to_plain

HERE = Span("rules/订单.yaml", 3, 5, 3, 9)
FOUND = Diagnostic(
    "OF101",
    Message("unknown {what} `{name}`", what="state", name="{shiped}"),
    HERE,
    Severity.WARNING,
    Message("not ") + Message("a state"),
    (Label(Span("b.yaml", 1, 1, 2, 1), Message("defined {where}", where=joined(["here", "there"], " or "))),),
    Fix(Message("replace with `{name}`", name="shipped"), HERE, "shipped"),
)


def there_and_back(found: Diagnostic) -> Diagnostic:
    return from_plain(json.loads(json.dumps(to_plain(found))))


def test_the_same_comes_back() -> None:
    again = there_and_back(FOUND)
    assert again == FOUND
    assert isinstance(again.message, Message)
    assert again.message.template == "unknown {what} `{name}`"
    assert str(again.labels[0].text) == "defined here or there"


def test_it_can_still_be_said_in_another_language() -> None:
    words = {
        "unknown {what} `{name}`": "未知的{what} `{name}`",
        "state": "状态",
        "not ": "不是",
        "a state": "状态",
    }
    again = there_and_back(FOUND)
    assert (
        again.message.translated(words.get) == FOUND.message.translated(words.get) == "未知的状态 `{shiped}`"
    )
    assert again.note.translated(words.get) == "不是状态"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (Message("more than {count:,} rows", count=12345), "more than 12,345 rows"),
        (Message("byte 0x{value:02x}", value=10), "byte 0x0a"),
        (Message("U+{code:04X}", code=0x2028), "U+2028"),
        (Message("{amount} and {flag}", amount=Decimal("1.50"), flag=True), "1.50 and True"),
        (Message("{severity}", severity=Severity.ERROR), "error"),
        (Message("{entity!s}", entity="order"), "order"),
    ],
)
def test_values_of_every_kind(message: Message, text: str) -> None:
    assert str(there_and_back(Diagnostic("OF101", message, HERE)).message) == text


@pytest.mark.parametrize(
    "message",
    [
        Message("{number:>40}", number=1),
        Message("{text!r}", text="a"),
        Message("{text}", text="x" * 30_000),
    ],
)
def test_what_cannot_be_kept_is_refused(message: Message) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever it is, it is the one that is caught
        to_plain(Diagnostic("OF101", message, HERE))


def _with(place: int, value: object) -> Any:
    made = to_plain(FOUND)
    made[place] = value
    return made


BOMB = ["{a}", {"a": ["{a}{a}{a}{a}{a}{a}{a}{a}", {"a": "x" * 5_000}]}]
DEEP: list[Any] = ["x", {}]
for _ in range(20):
    DEEP = ["{a}", {"a": DEEP}]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        [],
        "OF101",
        [1] * 7,
        _with(0, 1),
        _with(1, "fatal"),
        _with(2, "plain text"),
        _with(2, ["{a}", {}]),
        _with(2, ["{a.__class__}", {"a": "x"}]),
        _with(2, ["{a.b}", {"a.b": "x", "a": "y"}]),
        _with(2, ["{a[0]}", {"a": "x"}]),
        _with(2, ["{}", {}]),
        _with(2, ["{", {}]),
        _with(2, ["{a:>999999999}", {"a": "x"}]),
        _with(2, ["{a:{b}}", {"a": "x", "b": "9"}]),
        _with(2, ["{a:x}", {"a": "x"}]),
        _with(2, ["{a}", {"a": 1.5}]),
        _with(2, ["{a}", {"a": None}]),
        _with(2, ["{a}", {"a": True}]),
        _with(2, ["{a}", []]),
        _with(2, BOMB),
        _with(2, DEEP),
        _with(3, ["a.yaml", 1, 1, 1]),
        _with(3, ["a.yaml", 0, 1, 1, 1]),
        _with(3, ["a.yaml", 1.0, 1, 1, 1]),
        _with(3, ["a.yaml", True, 1, 1, 1]),
        _with(3, ["a.yaml", 1 << 60, 1, 1, 1]),
        _with(3, [1, 1, 1, 1, 1]),
        _with(5, [[]]),
        _with(6, [["x", {}], None]),
        _with(6, [["x", {}], None, 1]),
    ],
)
def test_anything_else_is_refused(data: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever it is, it is the one that is caught
        from_plain(data)
