"""Names that a rule set declares: identifiers of one script, and none that the language itself uses."""

import keyword
from collections.abc import Mapping

from orderflow.compiler.nodes import ScalarNode, name_of
from orderflow.compiler.report import Report, replace_scalar
from orderflow.compiler.scalar import locate
from orderflow.diagnostics.lookalikes import is_unseen, letter_name, strange
from orderflow.diagnostics.message import Message
from orderflow.expr.names import problem

#: Names that expressions give a meaning of their own.
RESERVED = frozenset({"now", "today", "event"})
#: Words with a meaning in expressions. Further ones are refused there; only an entity, which expressions need not
#: name, may be called by one of those, such as `return`.
_WORDS = frozenset({"and", "or", "not", "is", "in", "if", "else", "None", "True", "False"})


def check_name(what: Message, node: ScalarNode, report: Report) -> bool:
    """Report a name that may not be declared, and say whether it may.

    Args:
        what: the kind of name, such as `state`.
        node: where it is declared.
        report: where the finding goes.
    """
    if respelt(node, report) is not None:
        return False
    name = name_of(node)
    wrong: str | None = problem(name)
    if wrong is None and keyword.iskeyword(name) and (what != "entity" or name in _WORDS):
        wrong = Message("is a word of the language; choose another name")
    if wrong is None:
        return True
    code = "OF105" if wrong.startswith("mixes") else "OF107"
    report.error(
        code,
        Message("the {what} name `{name}` {wrong}", what=what, name=name, wrong=wrong),
        node.span,
        fix=Message("rename it, with letters of one script"),
    )
    return False


def respelt(node: ScalarNode, report: Report) -> str | None:
    """Report a letter of a name that is not what it seems to be; the name as it was meant, or None where all is well.

    Args:
        node: where the name is declared.
        report: where the finding goes.
    """
    found = strange(node.value)
    if found is None:
        return None
    at, better = found
    letter = node.value[at]
    fix = replace_scalar(node, better)
    span = locate(node, at, at + 1)
    if is_unseen(letter):
        text = Message("`{name}` has a character in it that nobody sees", name=better)
        report.error("OF105", text, span, Message("{letter}", letter=letter_name(letter)), fix)
    else:
        text = Message(
            "`{name}` mixes scripts: its `{letter}` only looks like `{other}`",
            name=node.value,
            letter=letter,
            other=better[at],
        )
        report.error("OF105", text, span, Message("{letter}", letter=letter_name(letter)), fix)
    return better


def check_value_name(what: Message, node: ScalarNode, taken: Mapping[str, Message], report: Report) -> bool:
    """The same for a name that expressions read as a value: it must not hide what the name already means.

    Args:
        taken: names that mean something else here, and what.
    """
    if not check_name(what, node, report):
        return False
    name = name_of(node)
    meaning = Message("something in every expression") if name in RESERVED else taken.get(name)
    if meaning is None:
        return True
    report.error(
        "OF105",
        Message("`{name}` already means {meaning}", name=name, meaning=meaning),
        node.span,
        Message("an {what} of that name", what=what)
        if what[0] in "aeiou"
        else Message("a {what} of that name", what=what),
        Message("rename it"),
    )
    return False
