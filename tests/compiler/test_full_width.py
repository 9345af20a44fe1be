"""What Chinese keyboards put in the place of YAML's own signs: found where it stands, and mended without a loss."""

from collections.abc import Callable

import pytest

from orderflow.compiler.load import Compiled
from orderflow.diagnostics import Diagnostic

ORDER = """\
entity: order
fields:
  amount: {type: money, default: 0, changes: grows}
states:
  new: {initial: true}
  paid:
  done: {final: true}
events:
  stop: {label: 停下, by: [clerk]}
transitions:
  pay:
    from: new
    to: paid
    when: amount > 2
  stop: {from: [new, paid], to: done, event: stop}
"""


def mended(text: str, found: Diagnostic) -> str:
    """The text with the repair made."""
    assert found.fix is not None
    span = found.fix.span
    assert span is not None
    assert found.fix.replacement is not None
    lines = text.split("\n")
    line = lines[span.line - 1]
    lines[span.line - 1] = line[: span.column - 1] + found.fix.replacement + line[span.end_column - 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("right", "wrong", "column", "message"),
    [
        ("停下, by: ", "停下，by: ", 19, "not YAML: a full-width comma between two keys"),
        ("money, default: 0, changes", "money， default: 0， changes", 23, "not YAML: a full-width comma between two keys"),
        ("停下, by: ", "停下、by: ", 19, "not YAML: a full-width comma between two keys"),
        ("{type: money", "{type：money", 16, "not YAML: a full-width colon after a key"),
        ("{type: money", "{type： money", 16, "not YAML: a full-width colon after a key"),
        (", by: [clerk]", ", by：clerk", 23, "not YAML: a full-width colon after a key"),
        ("    to: paid", "    to:\u00a0paid", 8, "not YAML: a space behind a colon that is no ordinary one"),
        ("    to: paid", "    to:\u3000paid", 8, "not YAML: a space behind a colon that is no ordinary one"),
    ],
)  # fmt: skip
def test_a_sign_is_one_finding_whose_repair_loses_nothing(
    right: str, wrong: str, column: int, message: str, compile_rules: Callable[..., Compiled]
) -> None:
    text = ORDER.replace(right, wrong)
    (found,) = compile_rules(order=text).diagnostics
    assert (found.code, found.message, found.span.column) == ("OF901", message, column)
    assert mended(text, found) == ORDER.replace(right, right.replace("[clerk]", "clerk"))


def test_a_space_of_another_width_in_an_indentation_is_told(compile_rules: Callable[..., Compiled]) -> None:
    (found,) = compile_rules(order=ORDER.replace("    to: paid", "\u3000\u3000to: paid")).diagnostics
    assert found.message == "not YAML: a space in the indentation that is no ordinary one"
    assert (found.span.line, found.span.column, found.span.end_column) == (13, 1, 3)


def test_a_merge_conflict_is_called_by_its_name(compile_rules: Callable[..., Compiled]) -> None:
    sides = "<<<<<<< HEAD\n    to: paid\n=======\n    to: done\n>>>>>>> other\n"
    (found,) = compile_rules(order=ORDER.replace("    to: paid\n", sides)).diagnostics
    assert found.message == (
        "not YAML: two versions of the file were put together, and nobody chose between them"
    )
    assert (found.span.line, found.span.column, found.span.end_column) == (13, 1, 13)


@pytest.mark.parametrize("label", ["停下，不再发货", "停下：不再发货", "说明：停下，以后再说"])
def test_full_width_signs_in_a_text_are_left_alone(
    label: str, compile_rules: Callable[..., Compiled]
) -> None:
    assert compile_rules(order=ORDER.replace("停下", label)).diagnostics == ()


@pytest.mark.parametrize(("wrong", "name"), [("[new，paid]", "new,paid"), ("[new、paid]", "new、paid")])
def test_names_in_one_are_not_taken_for_one_of_them(
    wrong: str, name: str, compile_rules: Callable[..., Compiled]
) -> None:
    (found,) = compile_rules(order=ORDER.replace("{from: [new, paid]", "{from: " + wrong)).diagnostics
    assert (found.code, found.message, found.note) == (
        "OF101",
        f"unknown state `{name}`",
        "several names in one",
    )
    assert found.fix is not None
    assert found.fix.replacement is None  # in brackets there would be two pairs of them
    assert "`[new, paid]`" in found.fix.message


@pytest.mark.parametrize(("wrong", "name"), [("new, paid", "new, paid"), ("［new, paid］", "[new, paid]")])
def test_names_without_brackets_are_put_into_them(
    wrong: str, name: str, compile_rules: Callable[..., Compiled]
) -> None:
    (found,) = compile_rules(order=ORDER.replace("    from: new", f"    from: {wrong}")).diagnostics
    assert found.fix is not None
    assert (found.message, found.fix.replacement) == (f"unknown state `{name}`", "[new, paid]")


def test_a_text_that_a_comment_cut_is_not_put_in_quotes_as_it_is(
    compile_rules: Callable[..., Compiled],
) -> None:
    text = ORDER.replace("when: amount > 2", 'when: amount > 2 and "a #b" == "a"')
    (found,) = compile_rules(order=text).diagnostics
    assert found.message == "a comment follows an expression without quotes, and may have cut it off"
    assert found.fix is not None
    assert found.fix.replacement is None
