"""What deciding needs of a linked rule set; `orderflow.engine.link.RuleSet` is one."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Protocol

from orderflow.engine.history import Contributor
from orderflow.engine.machine import Machine
from orderflow.engine.needs import Prospect
from orderflow.engine.parts import Compiled
from orderflow.engine.policies import LinkedPolicy
from orderflow.engine.tables import LinkedTable
from orderflow.model.definition import Definition
from orderflow.model.standing import Tier


class Linked(Protocol):
    """A rule set whose expressions are functions."""

    @property
    def definition(self) -> Definition:
        """The rules as data."""

    @property
    def machines(self) -> Mapping[str, Machine]:
        """Each entity, linked."""

    @property
    def zone(self) -> tzinfo:
        """The time zone of local days and times."""

    @property
    def digest(self) -> str:
        """The SHA-256 of the rules' content, in hexadecimal."""

    @property
    def tables(self) -> Mapping[str, LinkedTable]:
        """The decision tables."""

    @property
    def tiers(self) -> Mapping[str, tuple[Tier, Compiled]]:
        """The tiers by `ENTITY.NAME`, each with the function of its value."""

    @property
    def policies(self) -> Mapping[str, LinkedPolicy]:
        """The allocation policies."""

    @property
    def contributors(self) -> Mapping[str, tuple[Contributor, ...]]:
        """By entity, the aggregates that its records count in."""

    @property
    def prospects(self) -> Mapping[str, Prospect]:
        """By entity, what its events may look at."""

    @property
    def refs(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """By entity, its ref fields with the entity that each refers to."""

    @property
    def defaults(self) -> Mapping[str, Mapping[str, object]]:
        """By entity, the defaults of its fields."""
