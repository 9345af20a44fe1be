"""How long a start takes: `import orderflow` and `orderflow --version`, beside the bare interpreter.

Run it from the project's folder: `.venv/bin/python benchmarks/startup.py`.
"""

import os
import platform
import statistics
import subprocess
import sys
import time

RUNS = 15

# name, arguments of the interpreter, target in milliseconds
STARTS: list[tuple[str, list[str], float | None]] = [
    ("python -c pass", ["-c", "pass"], None),
    ("import orderflow", ["-c", "import orderflow"], 150),
    ("orderflow --version", ["-m", "orderflow", "--version"], 300),
]


def once(arguments: list[str]) -> float:
    """Milliseconds from starting a fresh interpreter to its end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000


def main() -> int:
    """Print medians, ratios to the bare interpreter and targets; return 1 where a target is missed."""
    times: dict[str, list[float]] = {name: [] for name, _, _ in STARTS}
    for _, arguments, _ in STARTS:
        once(arguments)  # writes the byte code, fills the disk cache
    for _ in range(RUNS):  # interleaved, so that a noisy moment falls on all alike
        for name, arguments, _ in STARTS:
            times[name].append(once(arguments))
    bare = statistics.median(times[STARTS[0][0]])
    missed = False
    print(f"{'start':22}{'ratio':>8}{'median':>12}{'target':>12}")
    for name, _, target in STARTS:
        median = statistics.median(times[name])
        late = target is not None and median > target
        missed = missed or late
        goal = "" if target is None else f"< {target:.0f} ms"
        print(f"{name:22}{median / bare:8.2f}{median:9.1f} ms{goal:>12}{'  MISSED' if late else ''}")
    machine = f"Python {platform.python_version()}, {platform.platform()}, {os.cpu_count()} cores"
    print(f"median of {RUNS} runs; {machine}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
