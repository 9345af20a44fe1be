"""A corpus made small: `python -m tests.fuzz.minimise TARGET FROM TO` keeps the inputs that reach something new.

Inputs are tried from the shortest on; one is kept when it takes a step from line to line that none before it took.
"""

import hashlib
import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.targets import TARGETS

_PART = f"{os.sep}orderflow{os.sep}"
Step = tuple[str, int, int]


def steps(name: str, data: bytes) -> set[Step]:
    """The steps from line to line that a target takes in the package for an input."""
    taken: set[Step] = set()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if _PART not in frame.f_code.co_filename:
            return None
        last = 0

        def local(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal last
            if event == "line":
                taken.add((frame.f_code.co_filename, last, frame.f_lineno))
                last = frame.f_lineno
            return local

        return local

    sys.settrace(trace)
    try:
        TARGETS[name](data)
    finally:
        sys.settrace(None)
    return taken


def main(name: str, source: str, target: str) -> None:
    """Copy the inputs that count, each under a name made of its content."""
    seen: set[Step] = set()
    inputs = sorted(
        {path.read_bytes() for path in Path(source).iterdir()}, key=lambda data: (len(data), data)
    )
    Path(target).mkdir(parents=True, exist_ok=True)
    for data in inputs:
        new = steps(name, data) - seen
        if new:
            seen |= new
            Path(target, hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)
    print(f"{name}: {len(list(Path(target).iterdir()))} of {len(inputs)} inputs, {len(seen):,} steps")


if __name__ == "__main__":
    main(*sys.argv[1:])
