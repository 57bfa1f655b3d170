# The two commands of the README, and what developers need besides. Each makes the virtual environment it needs.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types contracts unit samples messages benchmark benchmark-quick benchmark-peers minimums constraints licences audit sbom wheel clean

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

# Collect the messages of the document, update the catalogues of translators, and compile them.
messages: $(VENV)/.developing
	$(BIN)/python -m tests.support.messages

# Measure reading, generating and refreshing beside pg_dump -s, and write benchmarks/results.md; some ten minutes.
benchmark: $(VENV)/.developing
	$(BIN)/python -m benchmarks.run

# The same without the largest database, in three minutes; the committed results stay.
benchmark-quick: $(VENV)/.developing
	$(BIN)/python -m benchmarks.run --quick

# Compare with other programs, which are installed beneath build/, and write benchmarks/peers.md; up to an hour.
benchmark-peers: $(VENV)/.developing
	$(BIN)/python -m benchmarks.run --peers

# Install the lowest allowed version of every dependency in an environment of its own, and try them.
minimums: $(VENV)/.developing
	$(BIN)/python -m tests.support.minimums build/minimums

# Write constraints.txt and docs/licences.md from what is installed; after the tests have passed with it.
constraints licences: $(VENV)/.developing
	$(BIN)/python -m tests.support.supply

# Ask the advisory database about every version in constraints.txt; needs the network.
audit: build/release/.installed
	build/release/bin/pip-audit --strict --no-deps --disable-pip --requirement constraints.txt

# The bill of materials of a release, CycloneDX 1.6, with the versions of constraints.txt.
sbom: build/release/.installed
	mkdir -p dist
	$(PYTHON) -m venv --without-pip --clear build/sbom
	build/release/bin/python -m pip --python build/sbom/bin/python install --quiet --constraint constraints.txt '.[all]'
	build/release/bin/cyclonedx-py environment --output-reproducible --spec-version 1.6 --mc-type application --pyproject pyproject.toml --output-file dist/pgdossier.cdx.json build/sbom/bin/python

# The wheel, the same bytes wherever it is built from the same commit.
wheel: build/release/.installed
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) build/release/bin/python -m build --wheel --outdir dist

build/release/.installed:
	$(PYTHON) -m venv build/release
	build/release/bin/python -m pip install --quiet build pip-audit cyclonedx-bom
	touch $@

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
