# Needs only make and Python 3.11 or later: everything else is installed into .venv.
PYTHON ?= python3
PYTEST_ARGS ?=
RUNS ?= 1000000

BIN := .venv/bin
CODE := $(wildcard src tests benchmarks examples)

.DEFAULT_GOAL := help
.PHONY: help demo test test-soundness test-expressions check bench fuzz clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | awk -F'\t' '{printf "make %-16s %s\n", $$1, $$2}'

demo: .venv/.run ## run a peak day of the example shop, and write its report
	$(BIN)/python examples/wenzhou/demo.py

test: .venv/.dev ## run the tests (PYTEST_ARGS="-n auto -k name" for some, or in parallel)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

test-soundness: .venv/.dev ## live 100,000 lives under rule sets drawn at random (ORDERFLOW_SEED=1000000 for others)
	ORDERFLOW_NIGHTLY=1 $(BIN)/python -m pytest tests/soundness $(PYTEST_ARGS)

test-expressions: .venv/.dev ## judge 50,000 generated expressions three ways (ORDERFLOW_SEED=1000000 for others)
	ORDERFLOW_NIGHTLY=1 $(BIN)/python -m pytest tests/expr/test_backends_agree.py $(PYTEST_ARGS)

check: .venv/.dev ## lint, formatting, types, layers
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports

bench: .venv/.dev ## run every benchmark
	@set -e; for program in $(sort $(wildcard benchmarks/*.py)); do echo "== $$program"; $(BIN)/python $$program; done

fuzz: .venv/.dev ## fuzz the reader and the expressions (RUNS=1000000 runs of each)
	@set -e; for target in reader expression; do echo "== $$target"; mkdir -p .cache/fuzz/$$target; \
		PYTHONPATH=. $(BIN)/python -m tests.fuzz.fuzz $$target .cache/fuzz/$$target tests/fuzz/corpus/$$target \
			-dict=tests/fuzz/$$target.dict -runs=$(RUNS) -max_len=1200 -artifact_prefix=.cache/fuzz/ -print_final_stats=1; done

clean: ## remove .venv, caches and what was built
	rm -rf .venv .cache build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

# One stamp a kind of installation: done again when pyproject.toml changes.
.venv/.run: .venv/.made pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/.dev: .venv/.made pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ .venv/.run

# Written last, so that an interrupted creation starts again.
.venv/.made:
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "\`$(PYTHON)\` is not there: install Python 3.11 or later, or name one: make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "\`$(PYTHON)\` is older than 3.11: name a newer one: make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "\`$(PYTHON)\` cannot make virtual environments: on Debian and Ubuntu, install python3-venv" >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	@touch $@
