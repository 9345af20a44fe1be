"""Writes anew what pages show: tables that follow from the code, and the outputs of commands and examples.

    .venv/bin/python tests/docs/write.py [PAGE ...]

Outputs that leave lines out (`…`) are left alone; those that no longer match are named, to be mended by hand.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.docs import generated
from tests.docs.pages import ANY, ROOT, Ran, follow, masked, matches, pages


def write_outputs(page: Path) -> None:
    """Run a page and write what its commands print."""
    with tempfile.TemporaryDirectory() as folder:
        ran = [one for one in follow(page, Path(folder)) if one.shown is not None]
    lines = page.read_text(encoding="utf-8").splitlines()
    for one in reversed(ran):
        if matches(str(one.shown), one.printed):
            continue
        if ANY in str(one.shown).splitlines():
            print(f"{one.block.place}: `{one.text}` prints something else:\n{masked(one.printed)}\n")
            continue
        _replace(lines, one)
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _replace(lines: list[str], one: Ran) -> None:
    first = one.block.line - 1
    printed = [line.rstrip() for line in one.printed.rstrip("\n").split("\n")] if one.printed.strip() else []
    lines[first + one.start : first + one.end] = printed


def main() -> None:
    """Write all, or the pages named."""
    (ROOT / "docs" / "codes.md").write_text(generated.code_pages(), encoding="utf-8")
    expressions = ROOT / "docs" / "expressions.md"
    if expressions.exists():
        text = generated.with_mistakes(generated.with_functions(expressions.read_text(encoding="utf-8")))
        expressions.write_text(text, encoding="utf-8")
    for page in [Path(name).resolve() for name in sys.argv[1:]] or pages():
        if page.exists():
            write_outputs(page)


if __name__ == "__main__":
    main()
