"""Where a pass puts what it finds."""

from collections.abc import Iterable, Mapping

from orderflow.compiler.nodes import ScalarNode, name_of
from orderflow.diagnostics import Diagnostic, Fix, Label, Message, Severity, Span, nearest
from orderflow.diagnostics.message import NOTHING, joined

#: A file full of faults is not worth the time to guess what each of them meant.
MOST_GUESSES = 200
MOST_NAMES = 2_000


class Report:
    """The findings of one pass, in the order in which it made them."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self._unknown = 0

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
        self._unknown += 1
        close = nearest(name, names) if self._unknown <= MOST_GUESSES and len(names) <= MOST_NAMES else None
        labels: tuple[Label, ...] = ()
        if close is not None:
            fix = replace_scalar(node, close)
            if close in spans:
                labels = (Label(spans[close], Message("similar {what} defined here", what=what)),)
        else:
            some = ", ".join(f"`{each}`" for each in names[:6])
            parts = [f"use one of {some}" if some else "", f"declare it under {where}" if where else ""]
            fix = Fix(joined((part for part in parts if part), " or ") or Message("remove it"))
        article = "an" if what[0] in "aeiou" else "a"
        self.error(
            "OF101",
            Message("unknown {what} `{name}`", what=what, name=name),
            node.span,
            Message("not {article} {what}", article=article, what=what),
            fix,
            labels,
        )
        return close

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
