"""A rule set on its way through the passes of the compiler."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orderflow.compiler.allocation import Served
from orderflow.compiler.declared import NOTHING_DECLARED, Declared
from orderflow.compiler.documents_found import Documents
from orderflow.compiler.extends import NO_LAYERS, Layers
from orderflow.compiler.glossary import NO_GLOSSARY, Glossary
from orderflow.compiler.header import NO_HEADER, Header
from orderflow.compiler.history import History
from orderflow.compiler.outline import Outline
from orderflow.compiler.scenario import Scenario
from orderflow.compiler.scopes import Scopes
from orderflow.compiler.tables import Rows
from orderflow.diagnostics import Diagnostic
from orderflow.model.definition import Action, Channel, Definition, Entity, Finding, Metric, Queue
from orderflow.model.frozen import EMPTY
from orderflow.model.policies import Allocation, Pool, Promise, Table, Warehouse
from orderflow.model.signature import ActionSignature


@dataclass(frozen=True, slots=True)
class Sections:
    """What the shared sections define, beside actions."""

    warehouses: Mapping[str, Warehouse] = EMPTY
    pools: Mapping[str, Pool] = EMPTY
    allocation: Mapping[str, Allocation] = EMPTY
    tables: Mapping[str, Table] = EMPTY
    promises: Mapping[str, Promise] = EMPTY
    queues: Mapping[str, Queue] = EMPTY
    findings: Mapping[str, Finding] = EMPTY
    metrics: Mapping[str, Metric] = EMPTY
    channels: Mapping[str, Channel] = EMPTY


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule set on its way through the passes."""

    folder: str
    signatures: Mapping[str, ActionSignature]
    unsaved: Mapping[str, bytes] = EMPTY
    found: tuple[Diagnostic, ...] = ()
    sources: Mapping[str, str] = EMPTY
    layers: Layers = NO_LAYERS
    misread: frozenset[str] = frozenset()
    documents: Documents = field(default_factory=Documents)
    glossary: Glossary = NO_GLOSSARY
    header: Header = NO_HEADER
    outlines: Mapping[str, Outline] = EMPTY
    declared: Declared = NOTHING_DECLARED
    tables: Mapping[str, Rows] = EMPTY
    policies: Mapping[str, Served] = EMPTY
    history: Mapping[str, History] = EMPTY
    sections: Sections = field(default_factory=Sections)
    entities: Mapping[str, Entity] = EMPTY
    actions: Mapping[str, Action] = EMPTY
    unsure: frozenset[str] = frozenset()
    faulty: frozenset[str] = frozenset()
    definition: Definition | None = None
    scenarios: tuple[Scenario, ...] = ()

    @property
    def scopes(self) -> Scopes:
        """What expressions may name."""
        return Scopes(self.outlines, self.declared)
