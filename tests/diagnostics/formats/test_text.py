"""Findings as they are shown, to the character."""

import json
import re
import unicodedata

import pytest

from orderflow.diagnostics import (
    Diagnostic,
    Fix,
    Label,
    Message,
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
    Message("unknown state `shiped`"),
    _at(14, 9, 6),
    note=Message("not a state"),
    labels=(Label(_at(9, 3, 7), Message("similar state defined here")),),
    fix=Fix(Message("replace with `shipped`"), _at(14, 9, 6), "shipped"),
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
    text = render_text([Diagnostic("OF901", Message("bad"), _at(1, line.index("坏") + 1, 1))], {ORDER: line})
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
        Message("two at once"),
        _at(2, 5, 1),
        severity=Severity.WARNING,
        note=Message("this"),
        labels=(
            Label(_at(2, 1, 1), Message("that")),
            Label(_at(3, 1, 2, "rules/shipment.yaml"), Message("and this")),
            Label(_at(9, 1, 2, "rules/gone.yaml"), Message("not here")),
        ),
    )
    assert render_text([found], {ORDER: "x\na : b\n", "rules/shipment.yaml": "\r\n\rto\r\n"}) == (
        "warning[OF205]: two at once\n"
        " --> rules/order.yaml:2:5\n"
        "2 | a : b\n"
        "  | -   ^ this\n"
        "  | |\n"
        "  | that\n"
        " ::: rules/shipment.yaml:3:1\n"
        "3 | to\n"
        "  | -- and this\n"
        " ::: rules/gone.yaml:9:1\n"
        "  = note: not here\n"
        "  = help: orderflow rule OF205\n"
        "\n"
        "1 warning in 1 file\n"
    )


def test_a_point_at_the_end_and_a_place_past_the_text() -> None:
    source = "\ufeffab\ncd"
    point = Diagnostic("OF107", Message("point"), Span(ORDER, 1, 3, 1, 3))
    past = Diagnostic("OF107", Message("past"), Span(ORDER, 7, 2, 7, 3))
    shown = render_text([point], {ORDER: source}).splitlines()
    assert shown[2:4] == ["1 | ab", "  |   ^"]
    assert render_text([past], {ORDER: source}).splitlines()[2] == "  = help: orderflow rule OF107"


def test_a_long_line_is_cut_around_the_carets() -> None:
    source = "a" * 5000 + "支" * 10 + "b" * 5000
    text = render_text([Diagnostic("OF101", Message("x"), _at(1, 5001, 10))], {ORDER: source})
    frame, carets = text.splitlines()[2:4]
    assert len(frame) < 160
    assert frame[4] == frame[-1] == "…"
    assert carets.count("^") == 20
    assert carets.index("^") == frame.index("支")


def test_nothing_shown_can_steer_a_terminal() -> None:
    evil = "x\x1b]0;t\x07\u202e\x9b\ud800"
    found = Diagnostic(
        "OF101",
        Message("{text}", text=evil),
        Span(evil, 1, 1, 1, 2),
        note=Message("{text}", text=evil),
        labels=(Label(_at(1, 1, 1), Message("{text}", text=evil)),),
        fix=Fix(Message("{text}", text=evil)),
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
    later = Diagnostic("OF101", Message("later"), _at(20, 1, 1))
    other = Diagnostic("OF101", Message("other"), _at(1, 1, 1, "rules/zz.yaml"), Severity.WARNING)
    same = Diagnostic("OF102", Message("same place"), UNKNOWN_STATE.span)
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


LONG = "a: >\n  one\n  two three\n  four\n  five\n  six\nb: 1\n  已付 款: 2\n"


@pytest.mark.parametrize(
    ("span", "frame"),
    [
        pytest.param(
            Span(ORDER, 2, 3, 4, 3),
            ["2 | /   one", "  | |    - label", "3 | |   two three", "  | |___________^ note"],
            id="from the first character of a line, without the end of the last",
        ),
        pytest.param(
            Span(ORDER, 7, 4, 8, 5),
            [
                "2 |     one",
                "  |      - label",
                "7 |   b: 1",
                "  |  ____^",
                "8 | |   已付 款: 2",
                "  | |______^ note",
            ],
            id="from within a line to full-width text",
        ),
        pytest.param(
            Span(ORDER, 1, 4, 6, 6),
            [
                "1 |   a: >",
                "  |  ____^",
                "2 | |   one",
                "  | |    - label",
                "... |",
                "6 | |   six",
                "  | |_____^ note",
            ],
            id="longer than is shown",
        ),
        pytest.param(
            Span(ORDER, 7, 1, 40, 2),
            [
                "2 |     one",
                "  |      - label",
                "7 | / b: 1",
                "8 | |   已付 款: 2",
                "  | |____________^ note",
            ],
            id="beyond the end of the file",
        ),
        pytest.param(
            Span(ORDER, 2, 3, 3, 1),
            ["2 |   one", "  |   ^^^", "  |   ||", "  |   |label", "  |   note"],
            id="a line with its end",
        ),
    ],
)
def test_a_stretch_over_several_lines(span: Span, frame: list[str]) -> None:
    found = Diagnostic(
        "OF107", Message("x"), span, note=Message("note"), labels=(Label(_at(2, 4, 1), Message("label")),)
    )
    assert render_text([found], {ORDER: LONG}).splitlines()[2:-3] == frame


def test_a_second_stretch_over_lines_is_marked_on_its_first() -> None:
    found = Diagnostic(
        "OF107",
        Message("x"),
        Span(ORDER, 2, 3, 3, 6),
        labels=(Label(Span(ORDER, 1, 1, 5, 3), Message("all")),),
    )
    assert render_text([found], {ORDER: LONG}).splitlines()[2:-3] == [
        "1 |   a: >",
        "  |   ---- all",
        "2 | /   one",
        "3 | |   two three",
        "  | |_____^",
    ]


def test_words_of_many_marks_on_one_line_hang_below_it() -> None:
    found = Diagnostic(
        "OF205",
        Message("x"),
        _at(1, 4, 3),
        note=Message("here"),
        labels=(
            Label(_at(1, 1, 2), Message("全角 label")),
            Label(_at(1, 4, 1), Message("its start")),
            Label(_at(1, 8, 2), Message("last")),
            Label(_at(1, 11, 1), Message("")),
        ),
    )
    assert render_text([found], {ORDER: "ab cde fg hi"}).splitlines()[2:-3] == [
        "1 | ab cde fg hi",
        "  | -- ^^^ -- -",
        "  | |  |   |",
        "  | |  |   last",
        "  | |  here",
        "  | |  its start",
        "  | 全角 label",
    ]


@pytest.mark.parametrize(
    ("before", "columns"),
    [
        ("已支付", 6),
        ("\t", 4),
        ("a\t", 4),
        ("e\u0301", 1),
        ("👨\u200d👩\u200d👧", 6),
        ("❤\ufe0f", 1),
        ("👍\U0001f3fd", 2),
        ("🇨🇳", 2),
        ("\u1112\u1161\u11ab", 2),
        ("a\u200db", 8),
        ("ｱﾞ", 2),
    ],
)
def test_where_carets_stand(before: str, columns: int) -> None:
    frame = render_text(
        [Diagnostic("OF101", Message("x"), _at(1, len(before) + 1, 1))], {ORDER: f"{before}!"}
    )
    assert frame.splitlines()[3] == f"  | {' ' * columns}^"


def test_what_joins_emoji_is_not_shown_but_what_joins_letters_is() -> None:
    shown = render_text(
        [Diagnostic("OF101", Message("x"), _at(1, 1, 1))], {ORDER: "👨\u200d👩 a\u200db ❤\ufe0f"}
    )
    assert shown.splitlines()[2] == "1 | 👨👩 a\\u200db ❤"


def test_all_of_many_findings_are_shown() -> None:
    found = [
        Diagnostic("OF101", Message("number {line}", line=line), _at(line, 1, 1)) for line in range(1, 121)
    ]
    shown = render_text(found, {ORDER: "x\n" * 120})
    assert shown.count("error[OF101]: number ") == 120
    assert shown.endswith("\n120 errors in 1 file\n")
