# Everything a newcomer needs: Python 3.11, make and a package registry.
.DEFAULT_GOAL := help
.PHONY: help run test test-nightly check fix lock chromium

BIN := .venv/bin
# Two processors, whatever the machine has: with more beside them, tests that watch the clock would fail for the load.
PYTEST = $(BIN)/python -m pytest --numprocesses $(WORKERS)
WORKERS ?= 2
# DuckDB 1.5's .df() still uses a keyword that pandas 3.1 deprecates; not ours to mend.
DUCKDB_ON_PANDAS_3 := ignore:The inplace keyword in DataFrame.drop:DeprecationWarning

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: .venv/.run-ready ## set up what is missing, then serve on http://localhost:$PORT (8501) until Ctrl-C
	@$(BIN)/python serve.py

test: .venv/.test-ready chromium ## set up what is missing, then run the tests
	@$(PYTEST) -m "not slow"

test-nightly: .venv/.test-ready chromium ## the long simulations too
	@$(PYTEST)

check: .venv/.test-ready chromium ## what must hold before a commit: format, lint, import contract, tests without a warning
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(PYTEST) -m "not slow" -W error -W "$(DUCKDB_ON_PANDAS_3)"

fix: .venv/.test-ready ## format and mend what can be mended
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: $(BIN)/uv ## write both locks anew from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml $(LOCK) --output-file requirements.txt
	@$(BIN)/uv pip compile pyproject.toml --group dev --constraints requirements.txt $(LOCK) --output-file requirements-dev.txt

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"

# ---- the environment; a stamp is newer than the lock it was installed from, so the next start skips it

.venv/.run-ready: requirements.txt | $(BIN)/uv
	@echo "Installing the packages of $< …"
	@$(call install,$<)
	@touch $@

.venv/.test-ready: requirements-dev.txt | $(BIN)/uv
	@echo "Installing the packages of $< …"
	@$(call install,$<)
	@touch $@ .venv/.run-ready

# uv takes seconds where pip takes minutes; pip knows registries and certificates that uv may not.
install = $(BIN)/uv pip install --python $(BIN)/python --require-hashes --requirement $(1) \
	|| { echo "uv could not; trying pip …"; $(BIN)/python -m pip install --quiet --require-hashes --requirement $(1); }

$(BIN)/uv: | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement .ci/requirements-uv.txt \
	|| printf "#!/bin/sh\necho uv is not installed >&2; exit 1\n" > $@ && chmod +x $@

$(BIN)/python:
	@.ci/make-venv

chromium:
	@.ci/find-chromium
