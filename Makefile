# The one way to set up, try, test and check dmm. `make` alone lists what there is.

PYTHON ?= python3
FLAGS  ?=
JOBS   ?= 2
DEMO   ?= synth duplicates --seed 0
BENCH  ?=

BIN    := .venv/bin
SETUP  := .venv/.project-installed
LOCKED := .venv/.lock-installed

.DEFAULT_GOAL := help
.PHONY: help setup demo test format check bench lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)$$/\1|\2/p' Makefile | \
	  while IFS='|' read -r name text; do printf '  make %-7s %s\n' "$$name" "$$text"; done

setup: $(SETUP) ## create .venv with exactly the locked versions

$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
	  echo 'dmm needs Python 3.11, 3.12 or 3.13, which "$(PYTHON)" is not: name one with "make PYTHON=python3.11".' >&2; \
	  exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	@touch $@

$(SETUP): pyproject.toml $(LOCKED)
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip check
	@touch $@

demo: setup ## induce a readable circuit from a few example streams
	$(BIN)/dmm $(DEMO)

test: setup ## run every test, docstring example and documentation example, JOBS=2 at a time (FLAGS='...' goes to pytest)
	$(BIN)/pytest --numprocesses $(JOBS) --dist loadfile $(FLAGS)

format: setup ## format the code and repair what ruff can repair
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

check: setup ## everything that must hold: format, lint, types, docs, then `make test`
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --builder html docs docs/_build/html
	@$(MAKE) --no-print-directory test

bench: setup ## run the benchmarks behind the figures in the docs (BENCH=name for one)
	$(BIN)/dmm bench $(BENCH)

lock: setup ## renew requirements.lock from pyproject.toml (FLAGS=--upgrade takes newer versions)
	$(BIN)/uv pip compile pyproject.toml --group dev --output-file requirements.lock \
	  --universal --python-version 3.11 --generate-hashes --quiet $(FLAGS) \
	  --no-config --default-index https://pypi.org/simple --no-emit-index-url --custom-compile-command 'make lock'

clean: ## remove everything that can be made again, except runs/
	rm -rf .venv docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
