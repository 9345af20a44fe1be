"""A record of a stored family as expressions see it, outside any decision."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from orderflow.model.frozen import EMPTY
from orderflow.model.record import Family, Record


class FamilyView:
    """Implements `orderflow.expr.view.View` over a family that is not changing."""

    __slots__ = ("children", "event", "extra", "family", "now", "parent", "record", "zone")

    def __init__(
        self,
        family: Family,
        record: Record,
        now: datetime,
        zone: tzinfo,
        extra: Mapping[str, object] = EMPTY,
    ) -> None:
        is_root = record is family.root
        self.family = family
        self.record = record
        self.parent = None if is_root else family.root
        self.children: Mapping[str, Sequence[Record]] = family.children if is_root else EMPTY
        self.event: Mapping[str, object] | None = None
        self.now = now
        self.zone = zone
        self.extra = extra

    def of(self, child: Record) -> "FamilyView":
        """The same moment, seen from a child."""
        return FamilyView(self.family, child, self.now, self.zone, self.extra)
