"""Files made to hurt: each ends in a finding with a place, within two seconds and 256 MiB."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_CHILD = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (256 << 20, 256 << 20))
from orderflow.compiler.reader import plain, read
source = eval(sys.stdin.read())
tree, found = read(source, "hostile.yaml")
if tree is not None:
    plain(tree)
print(json.dumps([[d.code, d.span.line, d.span.column, d.message] for d in found]))
"""

_ALIAS_BOMB = "\\n".join(
    [
        "a: &a [x,x,x,x,x,x,x,x,x]",
        *(f"{n}: &{n} [{','.join(['*' + p] * 9)}]" for p, n in zip("abcdefgh", "bcdefghi", strict=True)),
    ]
)
_MERGE_BOMB = "\\n".join(
    [
        "a: &a {k: v}",
        *(
            f"{n}: &{n} {{<<: [{','.join(['*' + p] * 9)}]}}"
            for p, n in zip("abcdefgh", "bcdefghi", strict=True)
        ),
    ]
)

_HOSTILE = {
    "alias bomb": (f'"{_ALIAS_BOMB}"', ("OF901", 1, 4, "anchors")),
    "merge bomb": (f'"{_MERGE_BOMB}"', ("OF901", 1, 4, "anchors")),
    "brackets": ('"[" * 100_000', ("OF901", 1, 41, "too deep")),
    "brackets on lines": ('"a:\\n" + " [\\n" * 100_000', ("OF901", 41, 2, "too deep")),
    "braces": ('"{a: " * 50_000', ("OF901", 1, 161, "too deep")),
    "dashes": ('"- " * 50_000', ("OF901", 1, 81, "too deep")),
    "question marks": ('"? " * 50_000', ("OF901", 1, 81, "too deep")),
    "questions in brackets": ('"[? " * 50_000', ("OF901", 1, 61, "too deep")),
    "indents": ('"".join(" " * i + "a:\\n" for i in range(1000))', ("OF901", 41, 41, "too deep")),
    "huge text": ('"a: " + "x" * 5_000_000', ("OF901", 1, 1, "too large")),
    "huge number": ('"a: 0x" + "f" * 2_000_000', ("OF901", 1, 1, "too large")),
    "many nodes": ('"a: [" + "1," * 200_000 + "]"', ("OF901", 1, 199_999, "too large")),
    "many keys": ('"\\n".join("k%d:" % i for i in range(60_000))', ("OF901", 50_000, 8, "too large")),
    "tags": ('"a: " + "!!x " * 100_000', ("OF901", 1, 4, "tags")),
    "anchors": ('"a: &" + "x" * 500_000', ("OF901", 1, 4, "anchors")),
    "open quote": ('"a: \\"" + "\\\\\\\\" * 200_000', ("OF901", 1, 4, "never closed")),
    "line ends": ('"a: \\"" + "\\n" * 1_000_000', ("OF901", 1, 4, "never closed")),
    "nulls": ('b"\\0" * 1_000_000', ("OF901", 1, 1, "control character")),
    "no UTF-8": ('b"\\xff" * 1_000_000', ("OF901", 1, 1, "not UTF-8")),
    "colons": ('"a" + ":" * 500_000 + "\\nb: 1"', ("OF901", 1, 1, "not YAML")),
    "tight keys": ('"a:b\\n" * 200_000 + "c: 1"', ("OF901", 200_000, 2, "without a space")),
    "tabs": ('"a:\\n" + "\\t" * 500_000 + "b: 1"', ("OF901", 2, 1, "a tab")),
    "Cyrillic in a key that is there twice": (
        '"paid: 1\\np\\u0430id: 2\\npaid: 3"',
        ("OF105", 3, 1, "twice"),
    ),
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_hostile_file(name: str, root: Path) -> None:
    source, (code, line, column, says) = _HOSTILE[name]
    done = subprocess.run(
        [sys.executable, "-c", _CHILD],
        input=source,
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        timeout=2,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found, "nothing was found"
    assert found[0][:3] == [code, line, column]
    assert says in found[0][3]


def test_a_full_file_of_the_largest_size_is_read_in_time(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CHILD],
        input='"a:\\n" + "- k: \\"支付 x\\"\\n" * 30_000',
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == []
