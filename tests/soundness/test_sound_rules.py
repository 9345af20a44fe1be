"""Promise 1: a rule set that passes `check` never raises on a record that fits its fields.

Whole rule sets are drawn from seeds, most of them sound, some with a daring spot that the check is to refuse; those that pass are
lived under: by `decide` alone, with facts at the edge of their types, and by an engine. A case is one such life. `make
test-soundness` runs 100,000 of them.
"""

from pathlib import Path

from tests.soundness.case import FIRST_SEED, NIGHTLY, Tally, many
from tests.soundness.coverage import lacking, report

LIVES = 100_000 if NIGHTLY else 2_000


def test_rules_that_pass_the_check_never_raise(tmp_path: Path, capsys) -> None:
    tally = Tally()
    many(LIVES, tmp_path, tally)
    with capsys.disabled():
        print(
            f"\nsoundness: seeds {FIRST_SEED} to {FIRST_SEED + tally.drawn - 1}: {tally.drawn} rule sets, "
            f"{100 * tally.share:.0f} % pass the check; {tally.lives} lives\n{report(tally.seen)}"
        )
    assert tally.share > 0.6, "most of what is drawn is refused: nothing is tested"
    assert lacking(tally.seen) == []
