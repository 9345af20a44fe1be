"""Tiers: a named level chosen from thresholds of a number."""

from decimal import Decimal
from typing import cast

from orderflow.model.standing import Tier


def level(tier: Tier, value: object) -> str:
    """The name of the first level whose threshold the value reaches.

    Args:
        tier: its levels stand in the order of the rules, the highest first; the last takes what is left.
        value: an integer or a decimal; None (a minimum over no records) is the last level.
    """
    if value is not None:
        number = cast(Decimal, value)
        for step in tier.levels:
            if step.at_least is None or number >= step.at_least:
                return step.name
    return tier.levels[-1].name
