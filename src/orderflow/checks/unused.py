"""What is declared and never used (OF104): actions, events, children, records, roles, and the names of shared sections.

Fields and what is reckoned from records are in `unused_fields.py`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from orderflow.checks.removal import removal
from orderflow.checks.unused_fields import Named, check_unused_fields, check_unused_figures, expressions_of
from orderflow.compiler.documents_found import Documents
from orderflow.compiler.nodes import ListNode, MapNode, Node, ScalarNode, name_of
from orderflow.compiler.part import Part
from orderflow.diagnostics import Diagnostic, Fix, Message, Severity, Span
from orderflow.model.definition import Definition, Entity

#: To be sure of a repair its file is read twice: so many characters in all, and the other repairs are told in words.
_MOST_READ = 1 << 19
#: What stands in the braces of a text, and the words in it.
_SLOT = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[^\W\d]\w*")
#: The keys of scenarios that name a role.
_ROLE_KEYS = frozenset({"as", "submit_as"})


def check_unused(
    rules: Definition, documents: Documents, sources: Mapping[str, str], waylaid: frozenset[str] = frozenset()
) -> Iterator[Diagnostic]:
    """Warnings about names that nothing refers to.

    Args:
        rules: the rule set.
        documents: what its files say.
        sources: the text of each file.
        waylaid: entities that lack a way from or to some state; their events may be those of the missing ways.
    """
    left = _MOST_READ
    for named in _unused(rules, documents, waylaid):
        fix = removal(named.fix, named.span, sources) if named.alone and left > 0 else Fix(named.fix)
        left -= 2 * len(sources.get(named.span.file, "")) if named.alone else 0
        yield Diagnostic("OF104", named.text, named.span, Severity.WARNING, named.note, (), fix)


def _unused(rules: Definition, documents: Documents, waylaid: frozenset[str]) -> Iterator[Named]:
    used = {action.name for action in rules.actions.values()}
    for name, part in documents.named("actions").items():
        if name not in used:
            fix = Message("name it in a `do`, `on_entry`, `on_exit` or `on_set`, or remove it")
            yield Named(Message("nothing uses the action `{name}`", name=name), part.span, fix)
    for entity in rules.entities.values():
        yield from () if entity.name in waylaid else _events(entity)
        made = {item.creates for item in entity.transitions.values()}
        for child in entity.children.values():
            if child.name not in made:
                fix = Message("add a transition that `creates: {name}`, or remove them", name=child.name)
                text = Message("no transition creates `{name}`", name=child.name)
                yield Named(text, child.span, fix, Message("never made"), alone=False)
    yield from _records(rules, documents)
    yield from _roles(rules, documents)
    yield from _policies(rules)
    yield from _calendars(rules)
    idle = (part for name, part in documents.named("actions").items() if name not in used)
    shown = _labelled(documents, _asked_in_texts(idle))
    for found in (check_unused_figures(rules), check_unused_fields(rules)):
        yield from (named for named in found if named.span not in shown)


def _asked_in_texts(parts: Iterable[Part]) -> frozenset[str]:
    """The words in the braces of actions that nothing uses; that these are not asked for either follows from it."""
    texts = (entry.value for part in parts for entry in part.node.entries)
    slots = (slot for text in texts if isinstance(text, ScalarNode) for slot in _SLOT.findall(text.value))
    return frozenset(word for slot in slots for word in _WORD.findall(slot))


def _labelled(documents: Documents, asked: frozenset[str]) -> frozenset[Span]:
    """The names in entities that need no use.

    Somebody has written a `label` for them, if only to repeat the name: they are there for people. Or they are among
    the words that are `asked` for elsewhere.
    """
    found: set[Span] = set()
    waiting: list[Node] = [part.node for part in documents.entities]
    while waiting:
        node = waiting.pop()
        for entry in node.entries if isinstance(node, MapNode) else ():
            waiting.append(entry.value)
            labelled = isinstance(entry.value, MapNode) and entry.value.entry("label") is not None
            if labelled or entry.name in asked:
                found.add(entry.key.span)
    return frozenset(found)


def _events(entity: Entity) -> Iterator[Named]:
    taken = {item.event for item in entity.transitions.values()}
    for event in entity.events.values():
        if event.name not in taken:
            fix = Message("add a transition with `event: {name}`, or remove the event", name=event.name)
            text = Message("no transition takes the event `{name}`", name=event.name)
            yield Named(text, event.span, fix, alone=False)


def _records(rules: Definition, documents: Documents) -> Iterator[Named]:
    """Kinds of rows that no field and no event's data is a list of."""
    for part in documents.entities:
        entity = rules.entities.get(part.name)
        if entity is None:
            continue
        groups = [entity.fields, *(event.data for event in entity.events.values())]
        listed = {field.rows.name for fields in groups for field in fields.values() if field.rows is not None}
        for record in part.parts("records"):
            if record.name not in listed:
                text = Message("no field is a list of the record `{name}`", name=record.name)
                fix = Message("add a field with `type: list of {name}`, or remove it", name=record.name)
                yield Named(text, record.span, fix, alone=False)


def _roles(rules: Definition, documents: Documents) -> Iterator[Named]:
    """Roles that may do nothing, look after nothing and do nothing in a scenario."""
    if documents.header is None:
        return
    used = {queue.owner for queue in rules.queues.values()}
    for entity in rules.entities.values():
        used |= {role for event in entity.events.values() for role in event.by}
        used |= {role for hold in entity.holds.values() for role in hold.by}
    if all(not event.by for entity in rules.entities.values() for event in entity.events.values()):
        return  # nobody is told apart yet
    for part in documents.tests:
        used |= _said(part.node)
    for node in documents.header.scalars("roles"):
        if name_of(node) not in used:
            text = Message("nothing is said of the role `{name}`", name=name_of(node))
            fix = Message(
                "name it in the `by` of an event or a hold or as the `owner` of a queue, or remove it"
            )
            yield Named(text, node.span, fix, alone=False)


def _said(node: Node) -> set[str]:
    """The roles that a scenario names."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        match waiting.pop():
            case MapNode(entries=entries):
                for entry in entries:
                    if entry.name in _ROLE_KEYS and isinstance(entry.value, ScalarNode):
                        found.add(name_of(entry.value))
                    waiting.append(entry.value)
            case ListNode(items=items):
                waiting += items
    return found


def _calendars(rules: Definition) -> Iterator[Named]:
    """Calendars by which nothing is counted."""
    if not rules.calendars:
        return
    used = {name for expression in expressions_of(rules) for name in expression.reads.calendars}
    used |= {promise.calendar.name for promise in rules.promises.values() if promise.calendar is not None}
    for calendar in rules.calendars.values():
        if calendar.name not in used:
            fix = Message(
                "name it in the `calendar` of a promise or in `workdays`, `add_workdays` or `is_workday`, or remove it"
            )
            text = Message("nothing counts by the calendar `{name}`", name=calendar.name)
            yield Named(text, calendar.span, fix)


def _policies(rules: Definition) -> Iterator[Named]:
    """Tables that nothing looks up, policies that nothing asks, promises and pools of no policy."""
    if not (rules.tables or rules.allocation or rules.promises or rules.pools):
        return
    reads = [expression.reads for expression in expressions_of(rules)]
    looked_up = {name for read in reads for name in read.tables}
    looked_up |= {policy.carrier for policy in rules.allocation.values() if policy.carrier is not None}
    for table in rules.tables.values():
        if table.name not in looked_up:
            asks = "collect" if table.hit == "collect" else "look_up"
            fix = Message('ask for it by `{asks}("{name}")`, or remove it', asks=asks, name=table.name)
            yield Named(Message("nothing looks up the table `{name}`", name=table.name), table.span, fix)
    asked = {name for read in reads for name in read.policies}
    for policy in rules.allocation.values():
        if policy.name not in asked:
            fix = Message(
                'add `can_source("{name}")` to the `when` of a transition, or remove it', name=policy.name
            )
            text = Message("nothing asks the allocation policy `{name}`", name=policy.name)
            yield Named(text, policy.span, fix)
    promised = {policy.promise for policy in rules.allocation.values()}
    for promise in rules.promises.values():
        if promise.name not in promised:
            fix = Message("add `promise: {name}` to an allocation policy, or remove it", name=promise.name)
            text = Message("no allocation policy names the promise `{name}`", name=promise.name)
            yield Named(text, promise.span, fix)
    served = {policy.of for policy in rules.allocation.values()}
    for pool in rules.pools.values():
        if pool.of not in served:
            fix = Message("add a policy of `{of}` under `allocation`, or remove the pool", of=pool.of)
            text = Message(
                "nothing draws on the pool `{name}`: `{of}` has no allocation", name=pool.name, of=pool.of
            )
            yield Named(text, pool.span, fix)
