"""Fuzzing with atheris: `python -m tests.fuzz.fuzz TARGET [folders and options of libFuzzer]`; see `make fuzz`."""

import sys

import atheris

with atheris.instrument_imports(include=["orderflow"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Run one target; libFuzzer says what it finds, and leaves the input in a file."""
    name, *options = sys.argv[1:]
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
