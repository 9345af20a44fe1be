import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from orderflow.cli import output


def test_columns_line_up_under_full_width_text(capsys):
    output.table(("state", "label", "n"), [("paid", "已支付", "5"), ("pending", "open", "12")], [2])
    assert capsys.readouterr().out == "state    label    n\npaid     已支付   5\npending  open    12\n"


def test_nothing_can_steer_the_terminal(capsys):
    output.line("a\x1b[31mb\u202e")
    output.table(("x",), [("\x07",)])
    assert capsys.readouterr().out == "a␛[31mb\\u202e\nx\n␇\n"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("12.50"), "12.50"),
        (datetime(2026, 2, 3, tzinfo=UTC), "2026-02-03T00:00:00+00:00"),
        (date(2026, 2, 3), "2026-02-03"),
        (timedelta(minutes=2), 120.0),
        ({"b", "a"}, ["a", "b"]),
    ],
)
def test_values_as_json_knows_them(value, shown):
    assert output.plain(value) == shown


def test_json_is_never_wrapped_or_escaped(capsys):
    output.write_json({"label": "订单 " + "x" * 500})
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_what_json_leaves_raw_cannot_steer_the_terminal(capsys):
    text = "\x1b[31m \x9b \x7f \u202e 订单 \U000e0041"
    output.write_json({"label": text})
    out = capsys.readouterr().out
    assert not {"\x1b", "\x9b", "\x7f", "\u202e", "\U000e0041"} & set(out)
    assert "订单" in out
    assert json.loads(out) == {"label": text}


def test_a_column_with_nothing_in_it_is_left_out(capsys):
    output.table(("queue", "owner", "n"), [("late", "", "5"), ("open", "", "12")], [2])
    assert capsys.readouterr().out == "queue   n\nlate    5\nopen   12\n"


def test_names_stay_whole_on_a_narrow_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "45")
    monkeypatch.setattr(output, "colourful", lambda _: True)
    output.table(("record", "state"), [("WZ20260211-000017/shipments/1", "派送失败 Delivery failed")])
    out = capsys.readouterr().out
    assert "WZ20260211-000017/shipments/1" in out
    assert max(map(len, out.splitlines())) <= 45
