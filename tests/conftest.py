"""What all tests share: real data, a browser, Hypothesis profiles, and skips that cannot go unseen."""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from orderflow.bootstrap import load
from orderflow.engine.link import RuleSet

CI = os.environ.get("CI") == "true"
os.environ["ORDERFLOW_CACHE"] = "off"  # no test reads or writes what its user keeps
ROOT = Path(__file__).resolve().parents[1]

HEAD = "ruleset: t\nversion: 1.0.0\ntimezone: Asia/Shanghai\ncurrency: CNY\nroles: [desk, warehouse]\n"

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if CI else "dev")


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data is missing")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that playwright can start (`executable_path`)."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    pytest.skip("Chromium is missing")


@pytest.fixture
def link_rules(tmp_path: Path) -> Callable[..., RuleSet]:
    """Write YAML files (`order` is `order.yaml`) into a folder and load it."""

    def build(**files: str) -> RuleSet:
        (tmp_path / "ruleset.yaml").write_text(files.pop("ruleset", HEAD), encoding="utf-8")
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return load(tmp_path)

    return build


def _skips(config: pytest.Config) -> Counter[str]:
    """Count skipped tests by reason (none in a worker of pytest-xdist: its reports go to the controller)."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return Counter()
    reasons: Counter[str] = Counter()
    for report in reporter.stats.get("skipped", ()):
        text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[text.removeprefix("Skipped: ")] += 1
    return reasons


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under CI a skip is a failure: what was not tested must not pass for tested."""
    passed = session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    if CI and passed and _skips(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Print each reason for skipping with its count, below pytest's own last line."""
    for reason, count in sorted(_skips(config).items()):
        print(f"skipped: {count} × {reason}" + (" (a failure under CI)" if CI else ""))
