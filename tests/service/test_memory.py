"""The memory storage and its companions."""

import pytest

from orderflow.diagnostics.errors import NotifierError
from orderflow.service.memory import MemoryNotifier, MemoryStorage
from orderflow.testing.contracts import NotifierContract, StorageContract
from orderflow.testing.samples import effect


class TestMemoryStorage(StorageContract):
    @pytest.fixture
    def storage(self):
        return MemoryStorage()


class TestMemoryNotifier(NotifierContract):
    @pytest.fixture
    def notifier(self):
        return MemoryNotifier()


def test_fails_as_often_as_told_then_delivers():
    notifier = MemoryNotifier()
    notifier.fail(2)
    for _ in range(2):
        with pytest.raises(NotifierError, match="told to fail"):
            notifier.deliver(effect("1", 1, 1))
    notifier.deliver(effect("1", 1, 1))
    assert notifier.delivered == [effect("1", 1, 1)]
