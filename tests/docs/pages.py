"""Reads the fenced blocks of README.md and the docs, and runs them as a reader would, one page in one folder.

* In a `console` block a line that begins with `$ ` is a command; what follows it is what it prints (both streams).
* Commands that make an environment, fetch, or measure (`LISTED`) are shown, not run.
* A `python` block runs in the page's one namespace; a `text` block right after it is what it prints.
* `yaml` blocks that begin with `# NAME.yaml` are files of a rule set; `# ruleset.yaml` begins one, a heading ends it. It must
  pass `check`, and its scenarios (`# NAME.test.yaml`) must pass.
* `yaml` blocks that begin with `# FOLDER/NAME.yaml` quote a file of the project, those that begin with `# PAGE.md: NAME.yaml` a file
  of another page's rule set: what they show must stand there, but they may leave keys and items out.

When outputs are compared, `MASKS` hides what differs from run to run, and a line `…` stands for any lines.
"""

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LISTED = re.compile(
    r"(make|git|python3 -m venv|\. \.venv/bin/activate|\.venv/bin/pip|python -m pip|(\.venv/bin/)?python (benchmarks|tests|examples)/)"
    r"|.*\.\./shared/data"
)
MASKS = (
    (re.compile(r"\d+\.\d+ s \([^()]*\)"), "S s (N)"),  # how long a run took
    (re.compile(r'("(?:seconds|orders_per_second|events_per_second)": )[\d.]+'), r"\1N"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "DIGEST"),
)
ANY = "…"

_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^`]*)$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the line of its first line of text (from 1), its lines, the heading above."""

    page: Path
    language: str
    line: int
    lines: tuple[str, ...]
    heading: int

    @property
    def text(self) -> str:
        """The text with a newline at its end."""
        return "".join(f"{line}\n" for line in self.lines)

    @property
    def place(self) -> str:
        """Where it stands: `README.md:12`."""
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a console block; `start` and `end` are the lines of its output within the block."""

    text: str
    output: tuple[str, ...]
    start: int
    end: int


def pages() -> list[Path]:
    """Every page: the README, the docs, the examples' own."""
    return [
        ROOT / "README.md",
        *sorted((ROOT / "docs").rglob("*.md")),
        *sorted((ROOT / "examples").glob("*/README.md")),
        ROOT / "CHANGELOG.md",
    ]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found: list[Block] = []
    opened: tuple[str, int, str] | None = None
    inside: list[str] = []
    heading = 0
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = _FENCE.match(line)
        if opened is None and fence is not None:
            opened, inside = (fence["info"].strip(), number + 1, fence["indent"]), []
        elif opened is not None and fence is not None and not fence["info"].strip():
            found.append(Block(page, opened[0], opened[1], tuple(inside), heading))
            opened = None
        elif opened is not None:
            inside.append(line.removeprefix(opened[2]))
        elif line.startswith("#"):
            heading = number
    return found


def commands(block: Block) -> list[Command]:
    """The commands of a console block; a line that ends in a backslash goes on."""
    found: list[Command] = []
    number = 0
    while number < len(block.lines):
        line = block.lines[number]
        number += 1
        if not line.startswith("$ "):
            continue
        text = line[2:]
        while text.endswith("\\") and number < len(block.lines):
            text += "\n" + block.lines[number]
            number += 1
        start = number
        while number < len(block.lines) and not block.lines[number].startswith("$ "):
            number += 1
        found.append(Command(text, block.lines[start:number], start, number))
    return found


def rule_sets(page: Path) -> list[tuple[Block, dict[str, str]]]:
    """The whole rule sets of a page: where each begins, and its files."""
    found: list[tuple[Block, dict[str, str]]] = []
    for block in blocks(page):
        named = re.match(r"# ([^\s/]+\.yaml)$", block.lines[0]) if block.lines else None
        if block.language != "yaml" or named is None:
            continue
        if named[1] == "ruleset.yaml":
            found.append((block, {}))
        elif not found or found[-1][0].heading != block.heading:
            continue
        found[-1][1][named[1]] = block.text
    return found


@dataclass(frozen=True, slots=True)
class Quote:
    """A block that shows a part of a file: of the project (`page` is None) or of a page's rule set."""

    block: Block
    page: Path | None
    file: str

    @property
    def source(self) -> str:
        """The text of the file that is quoted."""
        if self.page is None:
            return (ROOT / self.file).read_text(encoding="utf-8")
        files = [files[self.file] for _, files in rule_sets(self.page) if self.file in files]
        return files[0] if files else ""


def quotes(page: Path) -> list[Quote]:
    """The quotes of a page."""
    found = []
    for block in blocks(page):
        first = block.lines[0] if block.lines and block.language == "yaml" else ""
        if (named := re.match(r"# (\S+/\S+\.yaml)$", first)) is not None:
            found.append(Quote(block, None, named[1]))
        elif (named := re.match(r"# (\S+\.md): (\S+\.yaml)$", first)) is not None:
            found.append(Quote(block, ROOT / named[1], named[2]))
    return found


def stands_in(part: object, whole: object) -> bool:
    """Whether a parsed part stands in a parsed whole: every key with its value, every item of a list in order."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and stands_in(value, whole[key]) for key, value in part.items()
        )
    if isinstance(part, list):
        others: Iterator[object] = iter(whole if isinstance(whole, list) else ())
        return all(any(stands_in(item, other) for other in others) for item in part)
    return part == whole


def masked(text: str) -> str:
    """The text without what differs from run to run."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


def matches(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed, masks and `…` lines allowed for."""
    parts = [re.escape(line) for line in masked(shown).split("\n")]
    pattern = "".join("(?:.*\n)*" if part == ANY else f"{part}\n" for part in parts)
    return re.fullmatch(pattern, masked(printed) + "\n") is not None


class Reader:
    """Somebody who follows a page: a folder with a copy of the project's rule sets, and an environment."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "orderflow"
        self.home.mkdir(parents=True)
        for name in ("rules", "examples"):
            shutil.copytree(ROOT / name, self.home / name, ignore=shutil.ignore_patterns("__pycache__"))
        binaries = folder / "bin"
        binaries.mkdir()
        command = binaries / "orderflow"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m orderflow "$@"\n', encoding="utf-8")
        command.chmod(0o755)
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("ORDERFLOW_")},
            "PATH": f"{binaries}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "src"),
            "COLUMNS": "100",
            "NO_COLOR": "1",
        }
        self.namespace: dict[str, object] = {"__name__": "example"}

    def run(self, command: str) -> tuple[int, str]:
        """Type a command: its exit code, and all that it prints."""
        if command.startswith("export "):
            for word in command.split()[1:]:
                name, _, value = word.partition("=")
                self.environment[name] = value
            return 0, ""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        return done.returncode, done.stdout

    def python(self, block: Block) -> str:
        """Run a Python block and return what it prints."""
        with contextlib.chdir(self.home), contextlib.redirect_stdout(io.StringIO()) as printed:
            code = compile("\n" * (block.line - 1) + block.text, str(block.page), "exec")
            exec(code, self.namespace)
        return printed.getvalue()


@dataclass(frozen=True, slots=True)
class Ran:
    """What one command or Python block did, beside what the page shows (None: nothing is shown)."""

    block: Block
    text: str
    shown: str | None
    printed: str
    code: int
    start: int
    end: int


def follow(page: Path, folder: Path) -> Iterator[Ran]:
    """Run a page from top to bottom, in a new folder."""
    reader = Reader(folder)
    found = blocks(page)
    for number, block in enumerate(found):
        if block.language in ("console", "bash"):
            for command in commands(block):
                if LISTED.match(command.text):
                    continue
                code, printed = reader.run(command.text)
                shown = "\n".join(command.output) if block.language == "console" else None
                yield Ran(block, command.text, shown, printed, code, command.start, command.end)
        elif block.language == "python":
            after = found[number + 1] if number + 1 < len(found) else None
            printed = reader.python(block)
            if after is not None and after.language == "text" and after.line == _next_line(block):
                yield Ran(after, "python", after.text, printed, 0, 0, len(after.lines))
            else:
                yield Ran(block, "python", None, printed, 0, 0, 0)


def _next_line(block: Block) -> int:
    """The first line of a block that follows at once, one empty line between."""
    return block.line + len(block.lines) + 3
