# The two commands of the README are `make demo` and `make test`; each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
NOTEBOOKS := $(wildcard example_notebooks/*.ipynb)
PYTEST := $(BIN)/python -m pytest

.PHONY: help demo docs test test-python test-notebooks test-browser test-kernels test-inference lint bench fuzz stress live lab browser node clean

help:                   ## what each target does
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*##/\t/'

demo: $(READY)          ## run the quickstart notebook for real; leaves build/quickstart.ipynb and .html
	$(BIN)/python scripts/run_notebooks.py example_notebooks/quickstart.ipynb

test: lint test-python test-notebooks docs test-browser test-kernels  ## the whole suite

test-python: $(READY) node ## everything that needs no browser
	$(PYTEST) -n 2 --dist loadgroup --ignore tests/browser

test-notebooks: $(READY) ## the example notebooks, executed
	$(BIN)/python scripts/run_notebooks.py $(NOTEBOOKS)

docs: $(READY)          ## the user documentation, its cells executed; leaves build/docs/index.html
	$(BIN)/sphinx-build -E -a -W --keep-going -q -j 2 -b html docs build/docs

test-browser: $(READY) browser ## the widget in a real JupyterLab and a real Notebook 7
	$(PYTEST) tests/browser --ignore tests/browser/test_kernels.py

test-kernels: $(READY) browser ## the waiting cell on ipykernel 6.30, 6.31 and 7.4, in a real browser
	$(PYTEST) tests/browser/test_kernels.py

test-inference: $(READY) build/llama/bin/llama-server ## the chat model against llama.cpp's server, which is built first
	$(PYTEST) tests/inference -m inference

build/llama/bin/llama-server: scripts/build_llama_server.sh
	$< $(BIN)/python build/llama

browser:                # Debian's browser, and a font it can draw with
	scripts/system.sh chromium fonts-dejavu-core

node:                   # what runs the front end's unit tests
	@command -v node >/dev/null || scripts/system.sh nodejs

lint: $(READY)          ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)         ## speed, size and quality, as ratios measured in one run
	for file in benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

fuzz: $(READY)          ## every parser fed with bytes under atheris, SECONDS (60) for each
	$(BIN)/pip install --quiet "atheris>=3"
	$(BIN)/python -m fuzz --seconds $(or $(SECONDS),60)

stress: $(READY) fuzz   ## thousands of runs under faults, crashes and hours of use, after `fuzz`; about three quarters of an hour
	$(BIN)/python -m stress

live: $(READY)          ## twenty labelled requests against a real chat endpoint, with your key
	$(BIN)/python scripts/live.py $(MODEL)

lab: $(READY)           ## JupyterLab with the example notebooks
	$(BIN)/jupyter lab --notebook-dir=example_notebooks

$(READY): pyproject.toml scripts/setup.sh $(wildcard labextension/*.json labextension/static/*.js)
	scripts/setup.sh $(PYTHON) $(VENV)
	touch $@

clean:                  ## what was built
	rm -rf build dist $(VENV) .venvs
