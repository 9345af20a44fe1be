"""A rule set of any size, as people write them: a shop that keeps the same four records for each of its lines of trade.

    python benchmarks/rules.py FOLDER [LINES]         # 5,000 lines of YAML unless told otherwise

Each line of trade has an order (compound states, guards, timers, holds, a credit limit, stock), its parcels and its
returns, a customer (aggregates, a tier, a tag), decision tables, an allocation policy, queues, metrics, findings,
actions, and scenarios. The folder `shop` holds what is written for each, `@` standing for its name.
"""

import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

SHOP = Path(__file__).parent / "shop"
LINES = 5_000
#: How often the scenarios stand in a file, each time about another amount: a third of the lines are scenarios.
TIMES = 7
#: Lines of trade; beyond these they are numbered.
NAMES = ("tea", "wine", "shoes", "lamps", "toys", "books", "bikes", "music", "paper", "spice")


def files(lines: int = LINES) -> dict[str, str]:
    """The files of a rule set of at least so many lines, by name."""
    written = {path.name: path.read_text(encoding="utf-8") for path in sorted(SHOP.glob("*.yaml"))}
    head, scenarios = written["@.test.yaml"].split("tests:\n")
    written["@.test.yaml"] = (
        head
        + "tests:\n"
        + "".join(scenarios.replace("{amount}", str(1760 + number)) for number in range(TIMES))
    )
    made = {name: text for name, text in written.items() if "@" not in name}
    for trade in _trades():
        if sum(text.count("\n") for text in made.values()) >= lines:
            break
        made |= {
            name.replace("@", trade): text.replace("@", trade)
            for name, text in written.items()
            if "@" in name
        }
    return made


def _trades() -> Iterator[str]:
    yield from NAMES
    for number in count(1):
        yield f"more_{number}"


def write(folder: Path, lines: int = LINES) -> dict[str, str]:
    """Write the files into a folder, and return them."""
    folder.mkdir(parents=True, exist_ok=True)
    made = files(lines)
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    return made


def main() -> None:
    """Write the rule set that the arguments ask for."""
    made = write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else LINES)
    print(f"{len(made)} files, {sum(text.count(chr(10)) for text in made.values()):,} lines in {sys.argv[1]}")


if __name__ == "__main__":
    main()
