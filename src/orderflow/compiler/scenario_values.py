"""Values of a scenario: as they are written, and whether they fit where they must."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from orderflow.compiler.expectations import KnownNames
from orderflow.compiler.field_types import is_no_option
from orderflow.compiler.fields import spans_of
from orderflow.compiler.nodes import Entry, ListNode, MapNode, Node, ScalarNode
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scalar import plain
from orderflow.compiler.scopes import is_known
from orderflow.diagnostics import Fix, Span
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.model.convert import ValueFault, convert
from orderflow.model.definition import Definition, Entity, Field


@dataclass(frozen=True, slots=True)
class Values:
    """What the reading of values needs to know: the rule set, the names that it declares, where findings go."""

    rules: Definition
    known: KnownNames
    report: Report

    def of(
        self, entries: tuple[Entry, ...], fields: Mapping[str, Field], owner: str, must_fit: bool
    ) -> dict[str, object]:
        """Values by field as they are written; those that must fit are seen to.

        Args:
            entries: the fields with their values.
            fields: those that there are.
            owner: whose they are, for messages.
            must_fit: whether a value that does not fit is a fault.
        """
        values: dict[str, object] = {}
        for entry in entries:
            where = Message("the fields of {owner}", owner=owner)
            name = self.report.known(Message("field"), entry.key, spans_of(fields.values()), where)
            if name is None:
                continue
            values[name] = plain(entry.value)
            if must_fit and is_known(fields[name].type) and values[name] is not None:
                self.fit(fields[name], entry.value, values[name])
        return values

    def fit(self, field: Field, node: Node, value: object) -> None:
        """See to it that a value fits; of a row that does not, the very key or value is pointed at."""
        before = self.report.errors
        if field.rows is not None and isinstance(node, ListNode):
            for row in node.items:
                if isinstance(row, MapNode):
                    self._row(field, row)
        if self.report.errors > before:
            return
        if is_no_option(node, field.type):
            self.report.no_option(field.name, node, field.type.options)
            return
        try:
            convert(field, value, ZoneInfo(self.rules.timezone))
        except ValueFault as fault:
            fix: Fix | Message = Message(
                "write a value that fits; if it shall be refused, `expect: {{refused: true}}`"
            )
            self.report.error("OF102", fault.message, node.span, NOTHING, fix)

    def _row(self, field: Field, row: MapNode) -> None:
        fields = field.rows.fields if field.rows is not None else {}
        for entry in row.entries:
            name = self.report.known(
                Message("field"),
                entry.key,
                spans_of(fields.values()),
                Message("the fields of `{what}`", what=field.rows.name if field.rows else field.name),
            )
            value = plain(entry.value)
            if name is not None and value is not None and is_known(fields[name].type):
                self.fit(fields[name], entry.value, value)

    def needs_all(self, given: Mapping[str, object], entity: Entity, span: Span, where: Message) -> None:
        """See to it that a submit brings every field that nothing else gives a value."""
        filled = self.known.formulas.get(entity.name, ())
        missing = [
            field.name
            for field in entity.fields.values()
            if field.name not in given
            and field.name != entity.key
            and not field.type.optional
            and field.default is None
            and field.name not in filled
            and is_known(field.type)
        ]
        if missing and entity.key is not None:
            listed = ", ".join(f"`{name}`" for name in missing)
            text = Message("a submit of `{name}` needs {listed}", name=entity.name, listed=listed)
            self.report.error(
                "OF107", text, span, NOTHING, Message("add {listed} to {where}", listed=listed, where=where)
            )

    def stock(self, part: Part | None) -> dict[tuple[str, str], int]:
        """Units by warehouse and SKU."""
        found: dict[tuple[str, str], int] = {}
        for warehouse, units in self._warehouses(part):
            for sku in units.entries:
                count = plain(sku.value)
                if isinstance(count, int):
                    found[warehouse, sku.key.value] = count
        return found

    def pools(self, part: Part | None) -> dict[tuple[str, str, str], int]:
        """Units by warehouse, pool and SKU."""
        found: dict[tuple[str, str, str], int] = {}
        spans = {name: item.span for name, item in self.rules.pools.items()}
        for warehouse, pools in self._warehouses(part):
            for pool in pools.entries:
                name = self.report.known(
                    Message("pool"), pool.key, spans, Message("`pools`"), self.known.pools
                )
                for sku in pool.value.entries if isinstance(pool.value, MapNode) else ():
                    count = plain(sku.value)
                    if isinstance(count, int) and name is not None:
                        found[warehouse, name, sku.key.value] = count
        return found

    def _warehouses(self, part: Part | None) -> Iterable[tuple[str, MapNode]]:
        spans = {name: item.span for name, item in self.rules.warehouses.items()}
        for entry in part.node.entries if part is not None else ():
            name = self.report.known(Message("warehouse"), entry.key, spans, Message("`warehouses`"))
            if name is not None and isinstance(entry.value, MapNode):
                yield name, entry.value

    def role(self, node: ScalarNode | None) -> str:
        """Who does something: a role, or `role:person`."""
        if node is None:
            return ""
        role = node.value.partition(":")[0]
        if role not in self.rules.roles and self.known.roles:
            self.report.unknown(Message("role"), node, self.rules.roles, Message("`roles` of the rule set"))
        return node.value
