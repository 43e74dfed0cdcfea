# `make demo` and `make test` need only Python 3.10 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := pyproject.toml

.PHONY: demo test test-snn lint benchmark mutants docs notebooks links dist clean

demo: $(VENV)/installed
	$(BIN)/loas-tl compare --model both --out demo
	@echo "open demo/report.html in a browser"

test: lint
	$(BIN)/pytest -n auto

# The spiking frameworks, and the one version of PyTorch that they are tested with.
test-snn: $(VENV)/installed-snn
	$(BIN)/pytest -n auto -m "snn or torch" tests

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tests.documentation.lint
	@# The last numpy for Python 3.10 has other types for arrays than those for newer Pythons.
	@if $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
		echo $(BIN)/mypy; $(BIN)/mypy; \
	else echo "types are checked with Python 3.11 or newer"; fi

benchmark: $(VENV)/installed-dev
	$(BIN)/pytest benchmarks --benchmark-json benchmarks/results/timings.json

# Plants 500 faults in a copy, and keeps which of them the tests catch; goes on where it was stopped.
# For instance: make mutants MUTANTS='--package mapper --again survived'
mutants: $(VENV)/installed-mutants
	$(BIN)/python -m benchmarks.mutants $(MUTANTS)

# Every warning is an error, a link within the site that leads nowhere too.
docs: $(VENV)/installed-docs
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html
	@echo "open docs/_build/html/index.html in a browser"

# The tutorials as notebooks, beside their pages: jupyter lab docs/tutorials
notebooks: $(VENV)/installed-docs
	@for page in docs/tutorials/*.md; do \
		$(BIN)/mystnb-to-jupyter --overwrite $$page $${page%.md}.ipynb || exit 1; \
	done

# Links that leave the site. Without the web it says so and is done; no test depends on it.
links: $(VENV)/installed-docs
	$(BIN)/python docs/links.py

# Built, checked, and tried in an empty venv elsewhere.
dist: $(VENV)/installed-dist
	rm -rf dist
	$(BIN)/python -m build --outdir dist
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl
	$(BIN)/python tests/try_wheel.py dist/*.whl

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# Installed in place, so that a change of the sources needs no new installation.
$(VENV)/installed: $(VENV)/bin/python $(SOURCES)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/bin/python $(SOURCES)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/installed

$(VENV)/installed-snn: $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,dev-snn]'
	@touch $@

$(VENV)/installed-mutants: $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,mutants]'
	@touch $@

$(VENV)/installed-docs: $(VENV)/bin/python $(SOURCES)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@

$(VENV)/installed-dist: $(VENV)/bin/python $(SOURCES)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dist]'
	@touch $@

clean:
	rm -rf $(VENV) demo build dist docs/_build docs/_generated docs/tutorials/*.ipynb
