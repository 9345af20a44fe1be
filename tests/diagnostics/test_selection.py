"""Which findings are shown."""

import pytest

from orderflow.diagnostics import Diagnostic, Message, Span
from orderflow.diagnostics.selection import Selection, UnknownCodeError, read_codes


@pytest.mark.parametrize(
    ("select", "ignore", "shown"),
    [
        ([], [], ["OF101", "OF104", "OF205"]),
        (["OF1"], [], ["OF101", "OF104"]),
        (["of104 , OF205"], [], ["OF104", "OF205"]),
        (["OF104", "OF205"], ["OF2"], ["OF104"]),
        ([], ["OF101，OF205"], ["OF104"]),
        (["OF9"], [], []),
    ],
)
def test_what_is_shown(select: list[str], ignore: list[str], shown: list[str]) -> None:
    selection = Selection(read_codes(select), read_codes(ignore))
    found = [Diagnostic(code, Message("x"), Span("a", 1, 1, 1, 1)) for code in ("OF101", "OF104", "OF205")]
    assert [one.code for one in found if selection.takes(one)] == shown
    assert bool(selection) is bool(select or ignore)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("OF110", "there is no code `OF110`; did you mean `OF101`?"),
        ("OF1,0F104", "there is no code `0F104`; did you mean `OF104`?"),
    ],
)
def test_a_code_must_exist(text: str, said: str) -> None:
    with pytest.raises(UnknownCodeError) as caught:
        read_codes([text])
    assert caught.value.message == said


def test_all_codes_are_named_when_none_is_near() -> None:
    with pytest.raises(
        UnknownCodeError, match=r"^there is no code `unused`; there are OF101, OF102, .*OF902$"
    ):
        read_codes(["unused"])
