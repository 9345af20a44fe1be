"""The demonstration: makes a peak day, runs it through the rules, and writes the report (`make demo`)."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from examples.wenzhou.generate import generate, write  # noqa: E402


def main() -> int:
    """Run the demonstration from the repository's root; the last line says where the report is."""
    os.chdir(ROOT)
    build = Path("build/wenzhou")
    print("making up a peak day of 4,271 orders and the three days that follow ...", flush=True)
    events, stock = write(generate(), build)
    for old in build.glob("orders.db*"):
        old.unlink()
    command = ["run", "rules/wenzhou", "--orders", events.as_posix(), "--stock", stock.as_posix()]
    command += ["--db", f"sqlite:///{build.as_posix()}/orders.db", "--dispatch", "console"]
    command += ["--report", f"{build.as_posix()}/report.html"]
    print("orderflow", *command, flush=True)
    return subprocess.run([sys.executable, "-m", "orderflow", *command], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
