"""The fixture that every contract of a storage asks for."""

import pytest

from orderflow.service.ports import Storage


class WithStorage:
    """A contract of storages. Fixture: `storage`, an empty one."""

    @pytest.fixture
    def storage(self) -> Storage:
        """An empty storage."""
        raise NotImplementedError("give the test class a fixture `storage`")
