# The two commands of the README are `make demo` and `make test`; each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
NOTEBOOKS := $(wildcard example_notebooks/*.ipynb)

.PHONY: demo test lint bench lab test-browser test-kernels clean help

help:            ## what each target does
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/'

demo: $(READY)   ## run the quickstart notebook for real; leaves build/quickstart.ipynb and .html
	$(BIN)/python scripts/run_notebooks.py example_notebooks/quickstart.ipynb

test: $(READY) lint   ## the whole suite: lint, types, tests, example notebooks
	$(BIN)/python -m pytest -n 2 --dist loadgroup
	$(BIN)/python scripts/run_notebooks.py $(NOTEBOOKS)

lint: $(READY)   ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)  ## speed, size and quality, as ratios measured in one run
	for file in benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

lab: $(READY)    ## JupyterLab with the example notebooks
	$(BIN)/jupyter lab --notebook-dir=example_notebooks

$(READY): pyproject.toml
	scripts/setup.sh $(PYTHON) $(VENV)
	touch $@

clean:           ## what was built
	rm -rf build dist $(VENV)
