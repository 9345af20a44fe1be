"""Actions: what `do`, `on_entry` and `on_exit` name, checked against every entity that uses them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from orderflow.compiler.durations import compile_duration
from orderflow.compiler.expressions import compile_text
from orderflow.compiler.names import check_name
from orderflow.compiler.nodes import ScalarNode
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scalar import resolve
from orderflow.compiler.scopes import Scopes
from orderflow.diagnostics import Fix, nearest
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.template import Template
from orderflow.model.definition import Action
from orderflow.model.frozen import FrozenDict
from orderflow.model.signature import ActionSignature

_OWN = ("use", "label", "retry")


def compile_actions(
    parts: Mapping[str, Part],
    uses: Mapping[str, Iterable[str]],
    signatures: Mapping[str, ActionSignature],
    scopes: Scopes,
    report: Report,
) -> dict[str, Action]:
    """The actions by `ENTITY.NAME`, one for each entity that uses it.

    Args:
        parts: the actions' documents.
        uses: the entities that use each action.
        signatures: the registered actions.
        scopes: what expressions may name.
        report: where the findings go.
    """
    made: dict[str, Action] = {}
    for name, part in parts.items():
        check_name(Message("action"), part.key, report)
        if not _fits_signature(part, signatures, report):
            continue
        users = tuple(uses.get(name, ()))
        for entity in users:
            made[f"{entity}.{name}"] = _action(part, entity, scopes, report, shared=len(users) > 1)
    return made


def _fits_signature(part: Part, signatures: Mapping[str, ActionSignature], report: Report) -> bool:
    use = part.scalar("use")
    if use is None:
        return False
    meant = report.known(Message("registered action"), use, tuple(signatures))
    if meant is None:
        return False
    signature = signatures[meant]
    known = (*signature.required, *signature.optional)
    given = [entry for entry in part.node.entries if entry.name not in _OWN]
    unused = [name for name in known if part.node.get(name) is None]
    near = set()
    for entry in given:
        if entry.name in known:
            continue
        close = nearest(entry.name, unused) or nearest(entry.name, (*known, *_OWN))
        near.add(close)
        listed = ", ".join(f"`{name}`" for name in known)
        fix = (
            Fix(Message("replace with `{close}`", close=close), entry.key.span, close)
            if close
            else Fix(Message("`{name}` takes {listed}", name=signature.name, listed=listed))
        )
        report.error(
            "OF101",
            Message("unknown parameter `{name}` of `{name2}`", name=entry.name, name2=signature.name),
            entry.key.span,
            Message("not a parameter"),
            fix,
        )
    for name in signature.required:
        if name in unused and name not in near and part.intact:
            text = Message(
                "action `{name}` has no `{name2}`, which `{name3}` needs",
                name=part.name,
                name2=name,
                name3=signature.name,
            )
            report.error("OF107", text, part.span, NOTHING, Message("add `{name}:`", name=name))
    return True


def _action(part: Part, entity: str, scopes: Scopes, report: Report, *, shared: bool) -> Action:
    parameters: dict[str, Template | str | int | bool] = {}
    scope = scopes.of(entity)
    for entry in part.node.entries:
        if entry.name in _OWN or not isinstance(entry.value, ScalarNode):
            continue
        value = resolve(entry.value)
        if isinstance(value, int):
            parameters[entry.name] = value
            continue
        text = compile_text(entry.value, scope, report, shared=shared)
        if text is not None:
            parameters[entry.name] = text
    retry = part.part("retry")
    first = compile_duration("first", retry.scalar("first"), report) if retry else None
    return Action(
        name=part.name,
        use=part.text("use") or "",
        parameters=FrozenDict(parameters),
        attempts=(retry.whole("attempts") if retry else None) or 5,
        first=timedelta(seconds=30) if first is None else first,
        span=part.span,
        of=entity,
    )
