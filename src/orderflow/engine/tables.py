"""Decision tables, linked: which row fits a record."""

from collections.abc import Mapping, Sequence

from orderflow.expr.python import compile_all
from orderflow.expr.view import Function, View
from orderflow.model.policies import Table

#: The outputs of a row: every output of the table is there, None where the row does not give it.
Outputs = Mapping[str, object]


class LinkedTable:
    """A decision table with its conditions compiled.

    Args:
        table: the table as data. A row without a condition (`otherwise`) fits where no other row does.
    """

    __slots__ = ("_otherwise", "_rows", "table")

    def __init__(self, table: Table) -> None:
        self.table = table
        conditions = [(row.when, row) for row in table.rows if row.when is not None]
        functions = compile_all([when for when, _ in conditions])
        blank: dict[str, object] = dict.fromkeys(table.gives)
        self._rows: tuple[tuple[Function, Outputs], ...] = tuple(
            (function, {**blank, **row.values})
            for function, (_, row) in zip(functions, conditions, strict=True)
        )
        self._otherwise: Outputs | None = next(
            ({**blank, **row.values} for row in table.rows if row.when is None), None
        )

    def first(self, fields: Mapping[str, object], view: View) -> Outputs | None:
        """The outputs of the first row that fits, or None where none does.

        Args:
            fields, view: the record in scope and its surroundings (see `orderflow.expr.view`).
        """
        for fits, outputs in self._rows:
            if fits(fields, view):
                return outputs
        return self._otherwise

    def every(self, fields: Mapping[str, object], view: View) -> Sequence[Outputs]:
        """The outputs of every row that fits, in the order of the rules."""
        found = tuple(outputs for fits, outputs in self._rows if fits(fields, view))
        return found if found or self._otherwise is None else (self._otherwise,)
