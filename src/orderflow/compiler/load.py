"""A folder of rules into a definition: a tuple of passes, each from one frozen value to the next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from orderflow.compiler.actions import compile_actions
from orderflow.compiler.contracts import compile_contracts
from orderflow.compiler.digest import digest
from orderflow.compiler.documents_found import Documents, sort_documents
from orderflow.compiler.events import compile_events
from orderflow.compiler.expectations import KnownNames
from orderflow.compiler.files import read_files
from orderflow.compiler.header import NO_HEADER, Header, compile_header
from orderflow.compiler.outline import Outline, declare_entities
from orderflow.compiler.reader import MapNode, decode, read
from orderflow.compiler.report import Report
from orderflow.compiler.resources import compile_resources
from orderflow.compiler.scenario import Scenario
from orderflow.compiler.scenarios import compile_scenarios
from orderflow.compiler.scopes import Scopes
from orderflow.compiler.sections import (
    compile_channels,
    compile_findings,
    compile_metrics,
    compile_queues,
    compile_warehouses,
)
from orderflow.compiler.transitions import compile_transitions, known_actions
from orderflow.diagnostics import Diagnostic, Severity, Span
from orderflow.model.definition import Action, Definition, Entity
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
    """

    definition: Definition | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    scenarios: tuple[Scenario, ...]
    outline: Definition | None = None
    unsure: frozenset[str] = frozenset()
    faulty: frozenset[str] = frozenset()
    action_spans: Mapping[str, Span] = EMPTY

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


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule set on its way through the passes."""

    folder: str
    signatures: Mapping[str, ActionSignature]
    found: tuple[Diagnostic, ...] = ()
    sources: Mapping[str, str] = EMPTY
    trees: Mapping[str, MapNode] = EMPTY
    misread: frozenset[str] = frozenset()
    documents: Documents = field(default_factory=Documents)
    header: Header = NO_HEADER
    outlines: Mapping[str, Outline] = EMPTY
    entities: Mapping[str, Entity] = EMPTY
    actions: Mapping[str, Action] = EMPTY
    unsure: frozenset[str] = frozenset()
    faulty: frozenset[str] = frozenset()
    definition: Definition | None = None
    scenarios: tuple[Scenario, ...] = ()

    @property
    def scopes(self) -> Scopes:
        """What expressions may name."""
        return Scopes(self.outlines)


Pass = Callable[[Draft, Report], Draft]


def read_sources(draft: Draft, report: Report) -> Draft:
    """Files into located trees."""
    sources: dict[str, str] = {}
    trees: dict[str, MapNode] = {}
    for file in read_files(draft.folder, report):
        text, refused = decode(file.content, file.name)
        sources[file.name] = text if refused is None else file.content.decode("utf-8", "replace")
        tree, found = read(file.content, file.name)
        report.found += found
        if tree is not None:
            trees[file.name] = tree
    misread = frozenset(found.span.file for found in report.found)
    return replace(draft, sources=sources, trees=trees, misread=misread)


def check_documents(draft: Draft, report: Report) -> Draft:
    """Trees into documents that fit the schema."""
    complete = len(draft.trees) == len(draft.sources)
    return replace(draft, documents=sort_documents(draft.trees, draft.folder, report, complete=complete))


def read_header(draft: Draft, report: Report) -> Draft:
    """The head of the rule set."""
    part = draft.documents.header
    return draft if part is None else replace(draft, header=compile_header(part, report))


def declare_names(draft: Draft, report: Report) -> Draft:
    """What the entities declare, before any expression is read."""
    outlines = declare_entities(draft.documents.entities, draft.header, report)
    unsure = frozenset(name for name, outline in outlines.items() if not outline.states.sure)
    return replace(draft, outlines=outlines, unsure=unsure)


def compile_lifecycles(draft: Draft, report: Report) -> Draft:
    """Fields' contracts, events, transitions and resources of every entity."""
    entities: dict[str, Entity] = {}
    unsure, faulty = set(draft.unsure), set(draft.faulty)
    for name, outline in draft.outlines.items():
        before = len(report.found)
        entity = entities[name] = _entity(outline, draft, report)
        parts = outline.part.parts("transitions")
        if len(entity.transitions) < len(parts) + len(outline.part.lost_names("transitions")):
            unsure.add(name)
        if not outline.part.intact or outline.part.span.file in draft.misread:
            unsure.add(name)
        parts += outline.part.parts("resources")
        whole = all(part.intact for part in parts) and not outline.part.lost_names("resources")
        if name in unsure or len(report.found) > before or not whole:
            faulty.add(name)
    return replace(draft, entities=entities, unsure=frozenset(unsure), faulty=frozenset(faulty))


def _entity(outline: Outline, draft: Draft, report: Report) -> Entity:
    scopes = draft.scopes
    actions = {name: part.span for name, part in draft.documents.named("actions").items()}
    warehouses = {name: part.span for name, part in draft.documents.named("warehouses").items()}
    _check_state_actions(outline, actions, report)
    fields = compile_contracts(outline, scopes, report)
    events = compile_events(outline, draft.header, scopes, report)
    return Entity(
        name=outline.name,
        label=outline.label,
        key=outline.key,
        parent=outline.parent,
        fields=FrozenDict(fields),
        states=FrozenDict(outline.states.table),
        initial=outline.states.initial,
        events=FrozenDict(events),
        transitions=FrozenDict(compile_transitions(outline, actions, scopes, report)),
        children=FrozenDict(outline.children),
        path=outline.states.path,
        resources=FrozenDict(compile_resources(outline, warehouses, scopes, report)),
        span=outline.part.span,
    )


def _check_state_actions(outline: Outline, actions: Mapping[str, Span], report: Report) -> None:
    waiting = list(outline.part.parts("states"))
    while waiting:
        part = waiting.pop(0)
        for key in ("on_entry", "on_exit"):
            known_actions(part, key, actions, report)
        waiting += part.parts("states")


def compile_used_actions(draft: Draft, report: Report) -> Draft:
    """Actions, once for each entity that names them."""
    parts = draft.documents.named("actions")
    uses: dict[str, dict[str, None]] = {}
    for entity in draft.entities.values():
        for state in entity.states.values():
            for name in (*state.on_entry, *state.on_exit):
                uses.setdefault(name, {})[entity.name] = None
        for transition in entity.transitions.values():
            for name in transition.actions:
                uses.setdefault(name, {})[entity.name] = None
    actions = compile_actions(parts, uses, draft.signatures, draft.scopes, report)
    return replace(draft, actions=actions)


def assemble(draft: Draft, report: Report) -> Draft:
    """The sections and the whole."""
    documents, header, scopes = draft.documents, draft.header, draft.scopes
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
        warehouses=FrozenDict(compile_warehouses(documents.named("warehouses"), report)),
        queues=FrozenDict(compile_queues(documents.named("queues"), header, scopes, report)),
        findings=FrozenDict(compile_findings(documents.named("findings"), scopes, report)),
        metrics=FrozenDict(compile_metrics(documents.named("metrics"), scopes, report)),
        channels=FrozenDict(compile_channels(documents.named("channels"), scopes, report)),
        digest=digest(draft.trees[name] for name in documents.rule_files),
    )
    return replace(draft, definition=definition)


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
    )
    scenarios = compile_scenarios(documents.tests, draft.definition, known, report)
    return replace(draft, scenarios=scenarios)


#: The way from files to a rule set.
PASSES: tuple[Pass, ...] = (
    read_sources,
    check_documents,
    read_header,
    declare_names,
    compile_lifecycles,
    compile_used_actions,
    assemble,
    read_scenarios,
)


def compile_folder(path: str | Path, signatures: Mapping[str, ActionSignature] = SIGNATURES) -> Compiled:
    """Compile the rules in a folder; every fault is collected.

    Args:
        path: the folder, as the user gave it; spans name the files by it.
        signatures: the registered actions that `use` may name.
    """
    draft = Draft(folder=Path(path).as_posix(), signatures=signatures)
    for step in PASSES:
        report = Report()
        draft = step(draft, report)
        draft = replace(draft, found=(*draft.found, *report.found))
        if not draft.documents.complete:
            break  # what is declared in a file that cannot be read would only seem to be missing
    whole = draft.definition if draft.header is not NO_HEADER and draft.entities else None
    spans = FrozenDict({name: part.span for name, part in draft.documents.named("actions").items()})
    compiled = Compiled(whole, (), draft.sources, draft.scenarios, whole, draft.unsure, draft.faulty, spans)
    return compiled.also(draft.found)
