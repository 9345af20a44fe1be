"""A process that has everything imported and checks each folder it is told of in a fork of itself under limits.

`python warm.py`: a line of JSON in (the path of a folder), a line of JSON out (an `Outcome`).
"""

import json
import os
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

CPU_SECONDS = 2
MEMORY = 256 << 20
WALL_SECONDS = 20  # only a read that blocks takes this long: work is bounded by the processor's time


def limited(folder: str) -> dict[str, object]:
    """Check a folder as `orderflow check` does, under the limits; what is said of it, and what it took."""
    from orderflow.checks import check_folder
    from orderflow.diagnostics import render_concise, render_text, to_json

    before = time.process_time()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    compiled = check_folder(folder)
    found = compiled.diagnostics
    shown = max(len(render_text(found, compiled.sources)), len(render_concise(found)), len(to_json(found)))
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    peak = next(line for line in status if line.startswith("VmPeak"))
    return {
        "found": [
            [Path(item.span.file).name, item.code, item.span.line, item.span.column, str(item.message)]
            for item in found
        ],
        "unrepaired": [str(item.message) for item in found if item.fix is None],
        "loads": compiled.definition is not None,
        "shown": shown,
        "peak": int(peak.split()[1]) << 10,
        "seconds": time.process_time() - before,
    }


def in_a_fork(folder: str) -> dict[str, object]:
    """The outcome of a check in a child process; a crash is an outcome, too."""
    with tempfile.TemporaryFile("w+") as told:
        child = os.fork()
        if child == 0:
            try:
                told.write(json.dumps(limited(folder)))
            except BaseException:
                told.write(json.dumps({"crash": traceback.format_exc()[-2000:]}))
            finally:
                told.flush()
                os._exit(0)
        until = time.monotonic() + WALL_SECONDS
        while (done := os.waitpid(child, os.WNOHANG))[0] == 0:
            if time.monotonic() > until:
                os.kill(child, 9)
                os.waitpid(child, 0)
                return {"crash": f"no answer in {WALL_SECONDS} s"}
            time.sleep(0.001)
        if done[1]:
            return {"crash": f"killed by signal {os.WTERMSIG(done[1])}"}
        told.seek(0)
        outcome: dict[str, object] = json.loads(told.read())
        return outcome


def main() -> None:
    """Serve until the input ends."""
    from orderflow.checks import check_folder

    check_folder(sys.argv[1])  # what is imported when it is first used
    for line in sys.stdin:
        print(json.dumps(in_a_fork(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
