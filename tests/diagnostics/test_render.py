"""Findings as they are shown, to the character."""

import json
import re
import unicodedata

import pytest

from orderflow.diagnostics import (
    Diagnostic,
    Fix,
    Label,
    Severity,
    Span,
    render_concise,
    render_text,
    summary,
    to_json,
)

ORDER = "rules/order.yaml"


def _at(line: int, column: int, length: int, file: str = ORDER) -> Span:
    return Span(file, line, column, line, column + length)


UNKNOWN_STATE = Diagnostic(
    "OF101",
    "unknown state `shiped`",
    _at(14, 9, 6),
    note="not a state",
    labels=(Label(_at(9, 3, 7), "similar state defined here"),),
    fix=Fix("replace with `shipped`", _at(14, 9, 6), "shipped"),
)
ORDER_TEXT = "entity: order\n" + "\n" * 7 + "  shipped: {label: 已发货}\n" + "\n" * 4 + "    to: shiped\n"


def test_a_frame_looks_as_designed() -> None:
    assert render_text([UNKNOWN_STATE], {ORDER: ORDER_TEXT}) == (
        "error[OF101]: unknown state `shiped`\n"
        "  --> rules/order.yaml:14:9\n"
        " 9 |   shipped: {label: 已发货}\n"
        "   |   ------- similar state defined here\n"
        "14 |     to: shiped\n"
        "   |         ^^^^^^ not a state\n"
        "   = fix: replace with `shipped`\n"
        "   = help: orderflow rule OF101\n"
        "\n"
        "1 error in 1 file\n"
    )


def test_carets_stand_right_under_wide_text_tabs_and_marks() -> None:
    line = "已支付\tｅe\u0301: \x1b[0m\u202e坏"
    text = render_text([Diagnostic("OF901", "bad", _at(1, line.index("坏") + 1, 1))], {ORDER: line})
    frame, carets = text.splitlines()[2:4]
    assert frame == "1 | 已支付  ｅe\u0301: ␛[0m\\u202e坏"
    columns = sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in frame[: frame.index("坏")]
    )
    assert carets == "  | ".ljust(columns) + "^^"


def test_labels_of_one_line_and_of_another_file() -> None:
    found = Diagnostic(
        "OF205",
        "two at once",
        _at(2, 5, 1),
        severity=Severity.WARNING,
        note="this",
        labels=(
            Label(_at(2, 1, 1), "that"),
            Label(_at(3, 1, 2, "rules/shipment.yaml"), "and this"),
            Label(_at(9, 1, 2, "rules/gone.yaml"), "not here"),
        ),
    )
    assert render_text([found], {ORDER: "x\na : b\n", "rules/shipment.yaml": "\r\n\rto\r\n"}) == (
        "warning[OF205]: two at once\n"
        " --> rules/order.yaml:2:5\n"
        "2 | a : b\n"
        "  | - that\n"
        "  |     ^ this\n"
        " ::: rules/shipment.yaml:3:1\n"
        "3 | to\n"
        "  | -- and this\n"
        " ::: rules/gone.yaml:9:1\n"
        "  = note: not here\n"
        "  = help: orderflow rule OF205\n"
        "\n"
        "1 warning in 1 file\n"
    )


def test_a_point_at_the_end_a_stretch_over_lines_and_a_place_past_the_text() -> None:
    source = "\ufeffab\ncd"
    point = Diagnostic("OF107", "point", Span(ORDER, 1, 3, 1, 3))
    lines = Diagnostic("OF107", "lines", Span(ORDER, 1, 2, 2, 2))
    past = Diagnostic("OF107", "past", Span(ORDER, 7, 2, 7, 3))
    shown = render_text([point], {ORDER: source}).splitlines()
    assert shown[2:4] == ["1 | ab", "  |   ^"]
    assert render_text([lines], {ORDER: source}).splitlines()[3] == "  |  ^"
    assert render_text([past], {ORDER: source}).splitlines()[2] == "  = help: orderflow rule OF107"


def test_a_long_line_is_cut_around_the_carets() -> None:
    source = "a" * 5000 + "支" * 10 + "b" * 5000
    text = render_text([Diagnostic("OF101", "x", _at(1, 5001, 10))], {ORDER: source})
    frame, carets = text.splitlines()[2:4]
    assert len(frame) < 160
    assert frame[4] == frame[-1] == "…"
    assert carets.count("^") == 20
    assert carets.index("^") == frame.index("支")


def test_nothing_shown_can_steer_a_terminal() -> None:
    evil = "x\x1b]0;t\x07\u202e\x9b\ud800"
    found = Diagnostic(
        "OF101", evil, Span(evil, 1, 1, 1, 2), note=evil, labels=(Label(_at(1, 1, 1), evil),), fix=Fix(evil)
    )
    for text in (render_text([found], {evil: evil, ORDER: evil}), render_concise([found]), to_json([found])):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", text)
    assert json.loads(to_json([found]))["diagnostics"][0]["message"] == evil


def test_colour_adds_only_colour() -> None:
    plain = render_text([UNKNOWN_STATE], {ORDER: ORDER_TEXT})
    coloured = render_text([UNKNOWN_STATE], {ORDER: ORDER_TEXT}, color=True)
    assert "\x1b[1;31merror[OF101]\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_findings_come_in_file_order() -> None:
    later = Diagnostic("OF101", "later", _at(20, 1, 1))
    other = Diagnostic("OF101", "other", _at(1, 1, 1, "rules/zz.yaml"), Severity.WARNING)
    same = Diagnostic("OF102", "same place", UNKNOWN_STATE.span)
    found = [other, later, same, UNKNOWN_STATE]
    assert render_concise(found).splitlines() == [
        "rules/order.yaml:14:9: error[OF101] unknown state `shiped`",
        "rules/order.yaml:14:9: error[OF102] same place",
        "rules/order.yaml:20:1: error[OF101] later",
        "rules/zz.yaml:1:1: warning[OF101] other",
    ]
    assert render_text(found, {}).endswith("\n3 errors, 1 warning in 2 files\n")
    assert [d["message"] for d in json.loads(to_json(found))["diagnostics"]][-1] == "other"


def test_nothing_found_is_nothing_shown() -> None:
    assert render_text([], {}) == ""
    assert render_concise([]) == ""
    assert summary([]) == "no findings"


def test_json_has_a_version_and_every_part() -> None:
    document = json.loads(to_json([UNKNOWN_STATE]))
    place = {"file": ORDER, "line": 14, "column": 9, "end_line": 14, "end_column": 15}
    assert document == {
        "version": 1,
        "diagnostics": [
            {
                "code": "OF101",
                "severity": "error",
                "message": "unknown state `shiped`",
                **place,
                "note": "not a state",
                "labels": [
                    {
                        "text": "similar state defined here",
                        "file": ORDER,
                        "line": 9,
                        "column": 3,
                        "end_line": 9,
                        "end_column": 10,
                    }
                ],
                "fix": {"message": "replace with `shipped`", "replacement": "shipped", **place},
            }
        ],
    }


@pytest.mark.parametrize("fix", [None, Fix("say so")])
def test_json_without_a_place_to_mend(fix: Fix | None) -> None:
    found = Diagnostic("OF201", "x", _at(1, 1, 1), fix=fix)
    (shown,) = json.loads(to_json([found]))["diagnostics"]
    assert shown["fix"] == (None if fix is None else {"message": "say so", "replacement": None})
