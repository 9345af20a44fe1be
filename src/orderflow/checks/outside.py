"""What is done outside and cannot be taken back, or is not known again (OF406)."""

from collections.abc import Iterator, Mapping

from orderflow.checks.doing import Use, place_of, steps_of
from orderflow.checks.finding import error, warning
from orderflow.checks.graph import leaf_after, source_leaves
from orderflow.checks.places import key_span, part_of, value_span
from orderflow.compiler.documents_found import Documents
from orderflow.compiler.part import Part
from orderflow.diagnostics import Diagnostic, Fix, Label, Message, Severity, Span
from orderflow.expr.template import Template
from orderflow.model.definition import Action, Definition, Entity, Transition
from orderflow.model.signature import ActionSignature
from orderflow.model.standing import Resource

Signatures = Mapping[str, ActionSignature]


def check_outside(
    entity: Entity, rules: Definition, signatures: Signatures, documents: Documents
) -> Iterator[Diagnostic]:
    """Findings about the actions of an entity that need an undo and have none, or a key that tells nothing apart.

    Args:
        entity: whose actions are looked at.
        rules: the rule set.
        signatures: the registered actions.
        documents: where everything stands.
    """
    actions = {
        action.name: (action, signatures[action.use])
        for action in rules.actions.values()
        if action.of == entity.name and action.use in signatures
    }
    for resource in entity.resources.values():
        if not resource.on_give_back:
            yield from _not_given_back(entity, resource, actions, documents)
    told: set[Use] = set()
    for step in steps_of(entity):
        for use in step:
            if use.section == "resources" or use in told or use.action not in actions:
                continue
            if actions[use.action][1].undo == "always":
                told.add(use)
                yield _never_undone(entity, use, documents)
    for action, signature in actions.values():
        if signature.key and signature.key in action.parameters:
            yield from _key(entity, action, signature.key, rules, documents)


# ---- undo --------------------------------------------------------------------------------------------------------


def _not_given_back(
    entity: Entity,
    resource: Resource,
    actions: Mapping[str, tuple[Action, ActionSignature]],
    documents: Documents,
) -> Iterator[Diagnostic]:
    """A token that is taken outside and given back only here."""
    given_up = _gives_back(entity, resource)
    if given_up is None:
        return
    part = part_of(documents, entity.name, "resources", resource.name)
    for name in resource.on_take:
        if name not in actions or actions[name][1].undo == "never":
            continue
        text = Message(
            "`{action}` takes `{resource}` outside, and nothing takes it back when `{transition}` gives it up",
            action=name,
            resource=resource.name,
            transition=given_up.name,
        )
        fix = Message("add `give_back:` with the action that undoes it")
        labels = (Label(given_up.span, Message("given up here")),)
        find = error if actions[name][1].undo == "always" else warning
        span = value_span(part, "take", name, resource.span)
        yield find("OF406", text, span, fix, Message("not undone"), labels)


def _gives_back(entity: Entity, resource: Resource) -> Transition | None:
    """A transition that leaves the states in which a resource is held for one in which it is not spent."""
    inside = {*entity.states[resource.held_in].leaves}
    spent = {*entity.states[resource.spend_on].leaves} if resource.spend_on is not None else set()
    for transition in entity.transitions.values():
        if transition.target is None or not inside & {*source_leaves(entity, transition)}:
            continue
        if leaf_after(entity, transition.target) not in inside | spent:
            return transition
    return None


def _never_undone(entity: Entity, use: Use, documents: Documents) -> Diagnostic:
    text = Message(
        "what `{action}` does must be undone when the record is given up, and `{key}` of `{part}` does not see to it",
        action=use.action,
        key=use.key,
        part=use.part,
    )
    fix = Message("name it in the `take` of a resource, and the action that undoes it in its `give_back`")
    return error("OF406", text, place_of(entity, use, documents), fix, Message("not undone"))


# ---- keys --------------------------------------------------------------------------------------------------------


def _key(
    entity: Entity, action: Action, parameter: str, rules: Definition, documents: Documents
) -> Iterator[Diagnostic]:
    """A key by which the other side knows a repetition must name the record: else another's is taken for one."""
    parent = None if entity.parent is None else rules.entities.get(entity.parent)
    value = action.parameters[parameter]
    expressions = value.expressions if isinstance(value, Template) else ()
    paths = {path for expression in expressions for path in expression.reads.paths}
    own = {path for path in paths if path.startswith(f"{entity.name}.")}
    if entity.key is not None and f"{entity.name}.{entity.key}" in paths:
        return
    above = parent is not None and parent.key is not None and f"{parent.name}.{parent.key}" in paths
    alone = parent is not None and any(
        child.entity == entity.name and child.one_per == parent.name for child in parent.children.values()
    )
    if above and (own or alone):
        return
    part = documents.named("actions").get(action.name)
    span = _value_span(part, parameter, action.span)
    values = {"parameter": parameter, "action": action.name, "entity": entity.name}
    if above:
        text = Message(
            "`{parameter}` of `{action}` is the same for every `{entity}` of one `{parent}`: only the first would be done",
            parent=str(entity.parent),
            **values,
        )
    elif not expressions:
        text = Message(
            "`{parameter}` of `{action}` is the same for every `{entity}`: only the first would be done",
            **values,
        )
    else:
        text = Message(
            "`{parameter}` of `{action}` does not name the `{entity}`: two of them may have the same, and the second would "
            "not be done",
            **values,
        )
    yield Diagnostic(
        "OF406",
        text,
        span,
        Severity.WARNING if above else Severity.ERROR,
        Message("names no record"),
        (),
        _named(entity, parent, action, value, span),
    )


def _named(entity: Entity, parent: Entity | None, action: Action, value: object, span: Span) -> Fix:
    """The repair: the key of the record behind what is there; certain where it is a plain text of one entity's action."""
    name = entity.key
    if name is None:
        above = "" if parent is None else f"{{{parent.name}.{parent.key}}}"
        return Fix(Message("name the record in it: `{above}` and a field of its own", above=above))
    if (
        isinstance(value, Template)
        and not value.expressions
        and "\n" not in value.text
        and '"' not in value.text
    ):
        made = f'"{value.text}-{{{name}}}"'
        return Fix(Message("replace with `{made}`", made=made), span, made)
    slot = f"{{{name}}}"
    return Fix(Message("name the record in it: add `{slot}`", slot=slot))


def _value_span(part: Part | None, key: str, otherwise: Span) -> Span:
    node = None if part is None else part.scalar(key)
    return key_span(part, key, otherwise=otherwise) if node is None else node.span
