"""Where a pass puts what it finds."""

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import islice

from orderflow.compiler.glossary import NO_GLOSSARY, Glossary
from orderflow.compiler.nodes import ScalarNode, name_of
from orderflow.diagnostics import Diagnostic, Fix, Label, Message, Severity, Span, nearest
from orderflow.diagnostics.lookalikes import letter_name, strange
from orderflow.diagnostics.message import NOTHING, joined

#: A file full of faults is not worth the time to guess what each of them meant.
MOST_GUESSES = 200
MOST_NAMES = 2_000
#: What people put between names; full-width ones are made plain before.
_BETWEEN = re.compile(r"[\s,;、]+")


class Report:
    """The findings of one pass, in the order in which it made them."""

    def __init__(self, glossary: Glossary = NO_GLOSSARY) -> None:
        self.found: list[Diagnostic] = []
        self.glossary = glossary
        self._unknown = 0
        self._said: set[str] = set()

    @property
    def errors(self) -> int:
        """How many errors were found: what has only warnings is whole."""
        return sum(found.severity is Severity.ERROR for found in self.found)

    def first(self, what: str) -> bool:
        """Whether something is said for the first time: one mistake of the whole rule set is one finding."""
        new = what not in self._said
        self._said.add(what)
        return new

    def error(
        self,
        code: str,
        message: Message,
        span: Span,
        note: Message = NOTHING,
        fix: Fix | Message | None = None,
        labels: tuple[Label, ...] = (),
    ) -> None:
        """Add an error; a repair in words may be given as a text."""
        self._add(code, message, span, Severity.ERROR, note, fix, labels)

    def warning(
        self,
        code: str,
        message: Message,
        span: Span,
        note: Message = NOTHING,
        fix: Fix | Message | None = None,
        labels: tuple[Label, ...] = (),
    ) -> None:
        """Add a warning: the rule set still loads."""
        self._add(code, message, span, Severity.WARNING, note, fix, labels)

    def unknown(
        self,
        what: Message,
        node: ScalarNode,
        known: Mapping[str, Span] | Iterable[str],
        where: Message = NOTHING,
    ) -> str | None:
        """Add an error for a name that is not known, with the one that was most likely meant.

        Args:
            what: the kind of name, such as `state`.
            node: where the name stands.
            known: the names that would be right; a mapping says where each is declared.
            where: where one could declare it, such as "`states`"; for the repair when no known name is near.

        Returns:
            The name that was most likely meant, to go on with as if it had been written; None when none is near.
        """
        name = name_of(node)
        spans = known if isinstance(known, Mapping) else {}
        names = tuple(known)
        if self._are_several(what, node, name, names):
            return None
        close = self.glossary.called(name, names)
        note = Message("the label of `{name}`", name=close) if close is not None else NOTHING
        self._unknown += 1
        if close is None and self._unknown <= MOST_GUESSES and len(names) <= MOST_NAMES:
            close = nearest(name, names)
        labels: tuple[Label, ...] = ()
        if close is not None:
            fix = replace_scalar(node, close)
            span = spans.get(close) or self.glossary.place(what, close)
            labels = () if span is None else (defined_here(span, what, close, exactly=bool(note)),)
        else:
            parts = [
                *([Message("use one of {names}", names=_several(names))] if names else ()),
                *([Message("declare it under {where}", where=where)] if where else ()),
            ]
            fix = Fix(joined(parts, " or ") if parts else Message("remove it"))
        text = Message("unknown {what} `{name}`", what=what, name=name)
        self.error("OF101", text, node.span, note or odd_letter(name) or _none_such(what), fix, labels)
        return close

    def _are_several(self, what: Message, node: ScalarNode, name: str, names: tuple[str, ...]) -> bool:
        """Add an error for names that stand in one, as in `from: [pending，paid]`; False where it is no such case."""
        parts = [part for part in _BETWEEN.split(name.strip("[] ")) if part]
        if not _BETWEEN.search(name) or not set(parts) <= set(names):
            return False
        listed = ", ".join(parts)
        # in brackets of YAML's, a comma of its own would have parted them
        alone = node.style == "plain" and ("," in node.raw or name.startswith("["))
        self.error(
            "OF101",
            Message("unknown {what} `{name}`", what=what, name=name),
            node.span,
            Message("several names in one"),
            Fix(
                Message(
                    "write a list, with a comma and a space between the names: `[{names}]`", names=listed
                ),
                node.span if alone else None,
                f"[{listed}]" if alone else None,
            ),
        )
        return True

    def known(
        self,
        what: Message,
        node: ScalarNode,
        known: Mapping[str, Span] | Iterable[str],
        where: Message = NOTHING,
        lost: Iterable[str] = (),
    ) -> str | None:
        """The known name that a scalar means, after a finding the one that was most likely meant.

        Args:
            what: the kind of name, such as `state`.
            node: where the name stands.
            known: the names that are right.
            where: where one could declare it.
            lost: names that are declared with faults: no finding, and None.
        """
        names = known if isinstance(known, Mapping) else tuple(known)
        name = name_of(node)
        if name in names:
            return name
        return None if name in lost else self.unknown(what, node, names, where)

    def no_option(
        self, field: str, node: ScalarNode, options: Collection[str], owner: str = ""
    ) -> str | None:
        """Add an error for a text that is no option of a choice, with the one that was most likely meant.

        Args:
            field: the name of the choice.
            node: where the text stands.
            options: the options.
            owner: whose field it is: an entity or a record.

        Returns:
            The option that was most likely meant; None when none is near.
        """
        word = node.value
        meant = self.glossary.called(word, options)
        close = meant or nearest(word, options)
        labels: tuple[Label, ...] = ()
        if close is None:
            fix = Fix(Message("use one of {names}", names=_several(options)))
        else:
            fix = replace_scalar(node, close)
            span = self.glossary.place("option", close, (f"{owner}.{field}",) if owner else ())
            labels = (
                ()
                if span is None
                else (defined_here(span, Message("option"), close, exactly=meant is not None),)
            )
        text = Message("`{value}` is not one of the options of `{what}`", value=word, what=field)
        note = Message("the label of `{name}`", name=meant) if meant else Message("not an option")
        self.error("OF101", text, node.span, note, fix, labels)
        return close

    def _add(
        self,
        code: str,
        message: Message,
        span: Span,
        severity: Severity,
        note: Message,
        fix: Fix | Message | None,
        labels: tuple[Label, ...],
    ) -> None:
        made = Fix(fix) if isinstance(fix, Message) else fix
        self.found.append(Diagnostic(code, message, span, severity, note, labels, made))


def replace_scalar(node: ScalarNode, text: str) -> Fix:
    """The repair that puts another name in a value's place, in the quotes that it has."""
    quote = {"single": "'", "double": '"'}.get(node.style, "")
    return Fix(Message("replace with `{text}`", text=text), node.span, f"{quote}{text}{quote}")


def _several(names: Iterable[str]) -> Message:
    """The first few names of many."""
    return joined([Message("`{name}`", name=each) for each in islice(names, 6)])


def defined_here(span: Span, what: str, name: str, *, exactly: bool) -> Label:
    """The place of the name that was meant: `exactly` that one, or one that is spelled like what was written."""
    if exactly:
        return Label(span, Message("`{name}` is defined here", name=name))
    return Label(span, Message("similar {what} defined here", what=what))


def odd_letter(name: str) -> Message:
    """What a letter of a name really is, where it is not what it seems to be; empty where there is none such."""
    odd = strange(name)
    if odd is None:
        return NOTHING
    return Message("`{letter}` is {name}", letter=name[odd[0]], name=letter_name(name[odd[0]]))


def _none_such(what: str) -> Message:
    return Message("not an {what}", what=what) if what[0] in "aeiou" else Message("not a {what}", what=what)
