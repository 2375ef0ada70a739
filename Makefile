# Two commands do everything on a fresh machine: `make demo` and `make test`. On Windows: make.cmd.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint bench calibrate

demo: .venv/ready
	$(BIN)/mmuko demo demo
	$(BIN)/mmuko run --home demo || [ $$? -eq 1 ]

test: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest

bench: .venv/ready
	$(BIN)/python -m tests.benchmarks

calibrate: .venv/ready
	$(BIN)/python -m tests.simulation

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# The lock is made anew with: uv pip compile --universal --generate-hashes --no-annotate --no-header
#   --no-emit-index-url --python-version 3.11 --extra dev pyproject.toml -o requirements.lock
