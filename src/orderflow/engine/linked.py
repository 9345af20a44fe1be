"""What deciding needs of a linked rule set; `orderflow.engine.link.RuleSet` is one."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Protocol

from orderflow.engine.machine import Machine
from orderflow.model.definition import Definition


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
    def stock_states(self) -> frozenset[tuple[str, str]]:
        """(entity, leaf state) from which one macrostep may take stock."""
