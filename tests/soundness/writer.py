"""Writes typed expressions that are sound by construction, but for where a rule set dares."""

from tests.soundness.amounts import Amounts
from tests.soundness.conditions import Conditions
from tests.soundness.moments import Moments


class Writer(Conditions, Amounts, Moments):
    """Writes expressions over a sight."""
