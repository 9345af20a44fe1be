"""How findings are told in another language; the catalogue itself has its own tests."""

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
    to_json,
    translation,
)
from orderflow.diagnostics.translation import language, translator

CHINESE = {
    "unknown {what} `{name}`": "未知的{what} `{name}`",
    "state": "状态",
    "not a {what}": "没有这样的{what}",
    "similar {what} defined here": "相近的{what}在这里",
    "replace with `{text}`": "换成 `{text}`",
    "error": "错误",
    "fix": "修复",
    "help": "说明",
    "1 error": "1 个错误",
    "{findings} in {files}": "{files}中有{findings}",
    "1 file": "1 个文件",
    "bad {x}": "坏 {y}",
}
STATE = Message("state")
FOUND = Diagnostic(
    "OF101",
    Message("unknown {what} `{name}`", what=STATE, name="state"),
    Span("a.yaml", 1, 5, 1, 10),
    Severity.ERROR,
    Message("not a {what}", what=STATE),
    (Label(Span("a.yaml", 2, 1, 2, 2), Message("similar {what} defined here", what=STATE)),),
    Fix(Message("replace with `{text}`", text="paid")),
)


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "_catalogue", lambda lang: CHINESE)


@pytest.mark.usefixtures("chinese")
def test_all_of_a_finding_is_told() -> None:
    assert render_text([FOUND], {"a.yaml": "to: state\nb"}, say=translator("zh")) == (
        "错误[OF101]: 未知的状态 `state`\n"
        " --> a.yaml:1:5\n"
        "1 | to: state\n"
        "  |     ^^^^^ 没有这样的状态\n"
        "2 | b\n"
        "  | - 相近的状态在这里\n"
        "  = 修复: 换成 `paid`\n"
        "  = 说明: orderflow rule OF101\n"
        "\n"
        "1 个文件中有1 个错误\n"
    )
    assert render_concise([FOUND], translator("zh")) == "a.yaml:1:5: 错误[OF101] 未知的状态 `state`"
    assert '"message": "未知的状态 `state`"' in to_json([FOUND], translator("zh"))
    assert '"severity": "error"' in to_json([FOUND], translator("zh"))


@pytest.mark.usefixtures("chinese")
def test_what_the_catalogue_does_not_hold_stays_english() -> None:
    say = translator("zh")
    assert say(Message("no such {what}", what=STATE)) == "no such 状态"
    assert say("{not: a template}") == "{not: a template}"
    assert say(Message("bad {x}", x=1)) == "bad 1", "a translation that asks for another value"


@pytest.mark.usefixtures("chinese")
def test_names_and_code_stay_as_they_are() -> None:
    say = translator("zh")
    assert say(Message("unknown {what} `{name}`", what=STATE, name=STATE)) == "未知的状态 `state`"
    assert say(Message("write `f({name})`, a {what}", name="state", what=STATE)) == "write `f(state)`, a 状态"
    assert say(Message("ref {name!s}", name="state")) == "ref state"
    assert say(Message("`x` {name} `y`", name="state")) == "`x` 状态 `y`", (
        "it stands between two pieces of code"
    )


@pytest.mark.usefixtures("chinese")
def test_no_blanks_between_chinese_characters() -> None:
    say = translator("zh")
    assert say(Message("值 {what} ，{count} 个 {what}", what=STATE, count=2)) == "值状态，2 个状态"
    assert say(Message("`值 一` 是 {what}", what=STATE)) == "`值 一` 是状态"
    assert say(Message("{what}：`a`, `b`", what=STATE)) == "状态：`a`、`b`"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("zh", "zh"),
        ("zh_CN.UTF-8", "zh"),
        ("zh-Hans", "zh"),
        ("EN", "en"),
        ("fr", None),
        ("", None),
        (None, None),
    ],
)
def test_names_of_languages(name: str | None, known: str | None) -> None:
    assert language(name) == known


def test_english_is_what_is_written() -> None:
    assert translator("en")(FOUND.message) == translator(None)(FOUND.message) == "unknown state `state`"
