"""The contracts of storages and notifiers, as test classes: subclass one, give it the fixture it asks for.

```python
class TestMyStorage(StorageContract):
    @pytest.fixture
    def storage(self):
        storage = MyStorage(...)      # empty
        yield storage
        storage.close()
```
"""

import pytest

from orderflow.service.ports import Notifier
from orderflow.testing.committing import commit, receive, sold_by_threads
from orderflow.testing.draws import DrawContract
from orderflow.testing.families import FamilyContract
from orderflow.testing.history import HistoryContract
from orderflow.testing.lists import ListContract
from orderflow.testing.moves import MoveContract
from orderflow.testing.outbox import OutboxContract
from orderflow.testing.samples import effect
from orderflow.testing.transactions import TransactionContract

__all__ = ["NotifierContract", "StorageContract", "commit", "receive", "sold_by_threads"]


class StorageContract(
    FamilyContract,
    ListContract,
    MoveContract,
    DrawContract,
    HistoryContract,
    OutboxContract,
    TransactionContract,
):
    """What every storage must do. Fixture: `storage`, an empty one."""


class NotifierContract:
    """What every notifier must do. Fixture: `notifier`, one whose other side can be reached."""

    @pytest.fixture
    def notifier(self) -> Notifier:
        """A notifier that works."""
        raise NotImplementedError("give the test class a fixture `notifier`")

    def test_takes_the_same_effect_twice(self, notifier: Notifier) -> None:
        """Delivery is at least once: a repeat is no error."""
        for _ in range(2):
            notifier.deliver(effect("1", 1, 1))

    def test_takes_any_text(self, notifier: Notifier) -> None:
        """Texts of any script, with line breaks and long ones, get through."""
        for words in ("", "订单 1\n待拣货", "x" * 10_000, "\U0001f4e6 \u202e"):
            notifier.deliver(effect("1", 1, 1)._replace(parameters={"to": "warehouse", "message": words}))
