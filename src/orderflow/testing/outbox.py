"""The contract of the outbox."""

from datetime import timedelta
from typing import Any

import pytest

from orderflow.diagnostics.errors import StorageError
from orderflow.service.ports import Outgoing, Storage
from orderflow.testing.committing import commit
from orderflow.testing.samples import START, decide, effect
from orderflow.testing.with_storage import WithStorage

HOUR = timedelta(hours=1)


class OutboxContract(WithStorage):
    """How effects wait, are marked and come out."""

    def test_outgoing_keeps_the_order_of_a_record(self, storage: Storage) -> None:
        """Of each record the first pending effect, earliest due first; its later ones wait, others do not."""
        commit(storage, decide(None, "1", "e1", effects=2))
        commit(storage, decide(None, "2", "e2", effects=1))

        def keys(hours: int = 0, limit: int = 10) -> list[str]:
            with storage.transaction() as transaction:
                return [found.effect.key for found in transaction.outgoing(START + hours * HOUR, limit)]

        def mark(key: str, **changes: Any) -> None:
            with storage.transaction() as transaction:
                (found,) = [row for row in transaction.outbox() if row.effect.key == key]
                transaction.mark(found._replace(**changes))

        assert keys(-1) == []
        assert keys() == ["1:1:1", "2:1:1"]
        assert keys(limit=1) == ["1:1:1"]
        mark("1:1:1", tries=1, due=START + HOUR, error="no network")
        assert keys() == ["2:1:1"]
        assert keys(1) == ["2:1:1", "1:1:1"]
        mark("1:1:1", status="dead", tries=2)
        assert keys() == ["1:1:2", "2:1:1"]
        mark("1:1:1", status="pending")
        assert keys(1) == ["2:1:1", "1:1:1"]
        mark("1:1:1", status="dead")
        mark("2:1:1", status="sent", tries=1, error="")
        mark("1:1:2", status="sent", tries=1)
        assert keys(9) == []
        with storage.transaction() as transaction:
            states = [(row.effect.key, row.status, row.tries, row.error) for row in transaction.outbox()]
        assert states == [
            ("1:1:1", "dead", 2, "no network"),
            ("1:1:2", "sent", 1, ""),
            ("2:1:1", "sent", 1, ""),
        ]

    def test_marks_nothing_that_is_not_there(self, storage: Storage) -> None:
        """An unknown effect is an error."""
        with pytest.raises(StorageError, match="`9:9:9`"), storage.transaction() as transaction:
            transaction.mark(Outgoing(effect("9", 9, 9), "sent", 1, START, ""))
