"""A folder of rules into a definition: a tuple of passes, each from one frozen value to the next."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from orderflow.compiler.actions import compile_actions
from orderflow.compiler.allocation import compile_allocation, declare_policies, rows_of
from orderflow.compiler.calendars import compile_calendars
from orderflow.compiler.declared import Declared
from orderflow.compiler.digest import digest
from orderflow.compiler.documents_found import Documents, glossary_of, sort_documents
from orderflow.compiler.draft import Draft, Sections
from orderflow.compiler.echoes import without_echoes
from orderflow.compiler.expectations import KnownNames
from orderflow.compiler.extends import read_layers
from orderflow.compiler.header import NO_HEADER, compile_header
from orderflow.compiler.history import compile_history, compile_tags
from orderflow.compiler.lifecycles import compile_entity
from orderflow.compiler.lookalikes import check_lookalikes
from orderflow.compiler.outline import declare_entities
from orderflow.compiler.part import Part
from orderflow.compiler.promises import compile_promises
from orderflow.compiler.report import Report
from orderflow.compiler.scenario import Scenario
from orderflow.compiler.scenarios import compile_scenarios
from orderflow.compiler.scopes import Scopes
from orderflow.compiler.sections import compile_channels, compile_findings, compile_metrics, compile_queues
from orderflow.compiler.tables import compile_tables, declare_tables
from orderflow.compiler.warehouses import compile_pools, compile_warehouses
from orderflow.diagnostics import Diagnostic, Severity, Span
from orderflow.model.definition import Definition, Entity
from orderflow.model.frozen import EMPTY, FrozenDict
from orderflow.model.signature import SIGNATURES, ActionSignature


@dataclass(frozen=True, slots=True)
class Compiled:
    """What became of a folder of rules.

    Args:
        definition: the rule set; None when there is an error.
        diagnostics: everything found, by place.
        sources: the text of each file, for showing findings in it.
        scenarios: the tests that stand beside the rules.
        outline: the rule set as far as it could be read, errors or not; None without a head and an entity.
        unsure: the entities whose states or transitions are not all known: nothing follows from their shape.
        faulty: the entities with faults in their lifecycle: nothing follows from their conditions.
        action_spans: where each action is declared, used or not.
        folders: the folders that were read, the rule set's own last; none when one of them was not found.
        documents: what the files say, for the place of each part of it.
    """

    definition: Definition | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    scenarios: tuple[Scenario, ...]
    outline: Definition | None = None
    unsure: frozenset[str] = frozenset()
    faulty: frozenset[str] = frozenset()
    action_spans: Mapping[str, Span] = EMPTY
    folders: tuple[str, ...] = ()
    documents: Documents = field(default_factory=Documents)

    @property
    def has_errors(self) -> bool:
        """Whether something keeps the rule set from loading."""
        return any(found.severity is Severity.ERROR for found in self.diagnostics)

    def also(self, found: tuple[Diagnostic, ...]) -> "Compiled":
        """The same with more findings; an error among them takes the definition away."""
        everything = tuple(
            sorted({*self.diagnostics, *found}, key=lambda item: (*item.sort_key, item.message))
        )
        made = replace(self, diagnostics=everything)
        return replace(made, definition=None) if made.has_errors else made


Pass = Callable[[Draft, Report], Draft]


def read_sources(draft: Draft, report: Report) -> Draft:
    """Files into located trees, those of the rule sets below it, too."""
    layers = read_layers(draft.folder, report, draft.unsaved)
    sources = {name: text for layer in layers.folders for name, text in layer.sources.items()}
    misread = frozenset(found.span.file for found in report.found)
    return replace(draft, sources=sources, layers=layers, misread=misread)


def check_documents(draft: Draft, report: Report) -> Draft:
    """Trees into documents that fit the schema, one rule set over the other."""
    layers = draft.layers
    trees = [layer.trees for layer in layers.folders]
    documents = sort_documents(trees, draft.folder, report, complete=layers.whole, based=layers.based)
    return replace(draft, documents=documents, glossary=glossary_of(documents))


def read_header(draft: Draft, report: Report) -> Draft:
    """The head of the rule set."""
    part = draft.documents.header
    header = NO_HEADER if part is None else compile_header(part, report)
    return replace(draft, header=replace(header, warehouses=_spans(draft.documents.named("warehouses"))))


def _spans(parts: Mapping[str, Part]) -> Mapping[str, Span]:
    return FrozenDict({name: part.span for name, part in parts.items()})


def declare_names(draft: Draft, report: Report) -> Draft:
    """What the entities declare, before any expression is read."""
    outlines = declare_entities(draft.documents.entities, draft.header, report, draft.documents.sections)
    unsure = frozenset(name for name, outline in outlines.items() if not outline.states.sure)
    check_lookalikes(draft.documents, report)
    return replace(draft, outlines=outlines, unsure=unsure)


def declare_world(draft: Draft, report: Report) -> Draft:
    """What expressions may ask of the world around a record, before any of them but the aggregates' is read."""
    documents, outlines = draft.documents, draft.outlines
    tables = declare_tables(documents.named("tables"), outlines, draft.header, report)
    policies = declare_policies(documents.named("allocation"), outlines, report)
    calendars = FrozenDict(compile_calendars(documents.named("calendars"), report))
    history = compile_history(Scopes(outlines, Declared(calendars=calendars)), report)
    declared = Declared(
        actions=_spans(documents.named("actions")),
        warehouses=draft.header.warehouses,
        pools=_spans(documents.named("pools")),
        policies=_spans(documents.named("allocation")),
        tables=_spans(documents.named("tables")),
        promises=_spans(documents.named("promises")),
        calendars=calendars,
        tables_of={
            name: {key: rows.scope for key, rows in tables.items() if rows.of == name} for name in outlines
        },
        policies_of={
            name: frozenset(
                key
                for key in documents.named("allocation")
                if key not in policies or policies[key].of == name
            )
            for name in outlines
        },
        owners={name: history[name].owner(outline) for name, outline in outlines.items()},
        tags_of={name: found.tag_names for name, found in history.items()},
        holds_of={name: _named(outline.part, "holds") for name, outline in outlines.items()},
        amounts_of={name: _amounts(outline.part) for name, outline in outlines.items()},
    )
    return replace(draft, declared=declared, tables=tables, policies=policies, history=history)


def _named(part: Part, key: str) -> frozenset[str]:
    return frozenset({item.name for item in part.parts(key)} | part.lost_names(key))


def _amounts(part: Part) -> frozenset[str]:
    """The resources of an entity that are an amount of somebody's limit."""
    said = {item.name for item in part.parts("resources") if item.node.get("amount") is not None}
    return frozenset(said | part.lost_names("resources"))


def compile_lifecycles(draft: Draft, report: Report) -> Draft:
    """Fields' contracts, events, transitions and resources of every entity."""
    entities: dict[str, Entity] = {}
    unsure, faulty = set(draft.unsure), set(draft.faulty)
    for name, outline in draft.outlines.items():
        before = report.errors
        entity = entities[name] = compile_entity(outline, draft.header, draft.scopes, report)
        parts = outline.part.parts("transitions")
        if len(entity.transitions) < len(parts) + len(outline.part.lost_names("transitions")):
            unsure.add(name)
        if not outline.part.intact or outline.part.span.file in draft.misread:
            unsure.add(name)
        parts += outline.part.parts("resources")
        whole = all(part.intact for part in parts) and not outline.part.lost_names("resources")
        if name in unsure or report.errors > before or not whole:
            faulty.add(name)
    return replace(draft, entities=entities, unsure=frozenset(unsure), faulty=frozenset(faulty))


def compile_sections(draft: Draft, report: Report) -> Draft:
    """The shared sections, and the tags, whose conditions may ask for everything."""
    documents, header, scopes = draft.documents, draft.header, draft.scopes
    tables = compile_tables(draft.tables, scopes, report)
    promises = compile_promises(documents.named("promises"), scopes, report)
    sections = Sections(
        warehouses=compile_warehouses(documents.named("warehouses"), report),
        pools=compile_pools(
            documents.named("pools"),
            rows_of(draft.policies),
            scopes,
            report,
            sure=len(draft.policies) == len(documents.named("allocation")),
        ),
        allocation=compile_allocation(draft.policies, tables, promises, scopes, report),
        tables=tables,
        promises=promises,
        queues=compile_queues(documents.named("queues"), header, scopes, report),
        findings=compile_findings(documents.named("findings"), scopes, report),
        metrics=compile_metrics(documents.named("metrics"), scopes, report),
        channels=compile_channels(documents.named("channels"), scopes, report),
    )
    entities = {
        name: replace(
            entity,
            aggregates=FrozenDict(draft.history[name].aggregates),
            tiers=FrozenDict(draft.history[name].tiers),
            tags=FrozenDict(compile_tags(draft.outlines[name], scopes, report)),
        )
        for name, entity in draft.entities.items()
    }
    return replace(draft, sections=sections, entities=entities)


def compile_used_actions(draft: Draft, report: Report) -> Draft:
    """Actions, once for each entity that names them."""
    parts = draft.documents.named("actions")
    uses: dict[str, dict[str, None]] = {}
    for entity in draft.entities.values():
        for name in _actions_of(entity):
            uses.setdefault(name, {})[entity.name] = None
    for queue in draft.sections.queues.values():
        for name in queue.actions:
            uses.setdefault(name, {})[queue.of] = None
    actions = compile_actions(parts, uses, draft.signatures, draft.scopes, report)
    return replace(draft, actions=actions)


def _actions_of(entity: Entity) -> Iterator[str]:
    for state in entity.states.values():
        yield from (*state.on_entry, *state.on_exit)
    for transition in entity.transitions.values():
        yield from transition.actions
    for resource in entity.resources.values():
        yield from (*resource.on_take, *resource.on_give_back)
    for tag in entity.tags.values():
        yield from (*tag.on_set, *tag.on_clear)


def assemble(draft: Draft, report: Report) -> Draft:
    """The whole."""
    header, sections = draft.header, draft.sections
    definition = Definition(
        name=header.name,
        label=header.label,
        version=header.version,
        timezone=header.timezone,
        currency=header.currency,
        places=header.places,
        roles=header.roles,
        entities=FrozenDict(draft.entities),
        actions=FrozenDict(draft.actions),
        warehouses=FrozenDict(sections.warehouses),
        queues=FrozenDict(sections.queues),
        findings=FrozenDict(sections.findings),
        metrics=FrozenDict(sections.metrics),
        channels=FrozenDict(sections.channels),
        digest=_digest(draft),
        pools=FrozenDict(sections.pools),
        allocation=FrozenDict(sections.allocation),
        tables=FrozenDict(sections.tables),
        promises=FrozenDict(sections.promises),
        calendars=draft.declared.calendars,
    )
    return replace(draft, definition=definition)


def _digest(draft: Draft) -> str:
    made = ""
    for layer, names in zip(draft.layers.folders, draft.documents.rule_files, strict=True):
        made = digest((layer.trees[name] for name in names), made)
    return made


def read_scenarios(draft: Draft, report: Report) -> Draft:
    """The tests that stand beside the rules."""
    if draft.definition is None:
        return draft
    documents = draft.documents
    known = KnownNames(
        transitions={
            part.name: part.span
            for outline in draft.outlines.values()
            for part in outline.part.parts("transitions")
        },
        actions={name: part.span for name, part in documents.named("actions").items()},
        queues={name: part.span for name, part in documents.named("queues").items()},
        roles=draft.header.sure,
        lost=frozenset(
            name
            for outline in draft.outlines.values()
            for name in (*outline.states.lost, *outline.part.lost_names("transitions"), *outline.lost_events)
        ),
        holds=draft.declared.holds_of,
        tags=draft.declared.tags_of,
        pools=frozenset(draft.declared.pools),
        arrival={name: _named(outline.part, "arrival") for name, outline in draft.outlines.items()},
        formulas={name: _formulas(outline.part) for name, outline in draft.outlines.items()},
    )
    scenarios = compile_scenarios(documents.tests, draft.definition, known, report)
    return replace(draft, scenarios=scenarios)


def _formulas(entity: Part) -> frozenset[str]:
    """The fields of an entity that a formula fills, whether it could be read or not."""
    return frozenset(part.name for part in entity.parts("fields") if part.node.get("formula") is not None)


#: The way from files to a rule set.
PASSES: tuple[Pass, ...] = (
    read_sources,
    check_documents,
    read_header,
    declare_names,
    declare_world,
    compile_lifecycles,
    compile_sections,
    compile_used_actions,
    assemble,
    read_scenarios,
)


def compile_folder(
    path: str | Path,
    signatures: Mapping[str, ActionSignature] = SIGNATURES,
    unsaved: Mapping[str, bytes] = EMPTY,
) -> Compiled:
    """Compile the rules in a folder; every fault is collected.

    Args:
        path: the folder, as the user gave it; spans name the files by it.
        signatures: the registered actions that `use` may name.
        unsaved: by path, what to take for the content of a file in place of what lies there.
    """
    draft = Draft(folder=Path(path).as_posix(), signatures=signatures, unsaved=unsaved)
    for step in PASSES:
        report = Report(draft.glossary)
        draft = step(draft, report)
        draft = replace(draft, found=(*draft.found, *report.found))
        if not draft.documents.complete:
            break  # what is declared in a file that cannot be read would only seem to be missing
    whole = draft.definition if draft.documents.header is not None and draft.entities else None
    spans = FrozenDict({name: part.span for name, part in draft.documents.named("actions").items()})
    compiled = Compiled(
        definition=whole,
        diagnostics=(),
        sources=draft.sources,
        scenarios=draft.scenarios,
        outline=whole,
        unsure=draft.unsure,
        faulty=draft.faulty,
        action_spans=spans,
        documents=draft.documents,
        folders=tuple(layer.folder for layer in draft.layers.folders) if draft.layers.based else (),
    )
    return compiled.also(without_echoes(draft.found))
