"""A record of a stored family as expressions see it, outside any decision."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from orderflow.engine.world import World
from orderflow.model.facts import NO_FACTS, Facts
from orderflow.model.frozen import EMPTY
from orderflow.model.record import Family, Record

if TYPE_CHECKING:
    from orderflow.engine.linked import Linked


class FamilyView(World):
    """Implements `orderflow.expr.view.View` over a family that is not changing.

    Args:
        facts: what it may know of other records.
        event: the data of an event that is looked at before it is decided.
    """

    __slots__ = ("children", "event", "extra", "facts", "family", "now", "parent", "record", "rules", "zone")

    def __init__(
        self,
        rules: "Linked",
        family: Family,
        record: Record,
        now: datetime,
        *,
        facts: Facts = NO_FACTS,
        event: Mapping[str, object] | None = None,
        extra: Mapping[str, object] = EMPTY,
    ) -> None:
        is_root = record is family.root
        self.rules = rules
        self.facts = facts
        self.family = family
        self.record = record
        self.parent = None if is_root else family.root
        self.children = family.children if is_root else EMPTY
        self.event = event
        self.now = now
        self.zone = rules.zone
        self.extra = extra

    def of(self, child: Record) -> "FamilyView":
        """The same moment, seen from a child."""
        return FamilyView(
            self.rules, self.family, child, self.now, facts=self.facts, event=self.event, extra=self.extra
        )
