# Everything a newcomer, a developer and CI do. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made-from

.DEFAULT_GOAL := help
.PHONY: help setup setup-run browser servers run test lint format bench train lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(STAMP) ## Make .venv with everything, from the locked requirements (does nothing when it is up to date)

# What is compiled (docs/decisions/0017 and 0019); what builds it has its hash in requirements/dev.txt too.
COMPILED := $(wildcard processors/*.pyx processors/*.hpp) $(shell sed -n 's/^ *"\([a-z_\/]*\.py\)",.*/\1/p' setup.py)
$(STAMP): requirements/dev.txt pyproject.toml setup.py $(COMPILED)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Earshot needs Python 3.11 or newer: make PYTHON=python3.12 setup")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

run: setup ## Run the whole pipeline in one process, with the sample at first: no Kafka, no PostgreSQL, no account
	@test -f earshot.toml || { cp earshot.example.toml earshot.toml; echo "earshot.toml: written from earshot.example.toml: it plays the sample; edit it to watch your own brands"; }
	@trap : INT; $(BIN)/earshot run || test $$? -eq 130  # Ctrl-C is how it ends, no error

browser: ## Install Chromium for the browser tests (Debian's package; asks for root)
	@tests/browser/install

servers: ## Install PostgreSQL, Java and Apache Kafka for the tests (asks for root)
	@tests/servers/install

test: setup browser servers lint ## Check and test everything, with real servers and a real browser
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: setup ## Formatting, lint, types, direction of imports, spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/codespell

format: setup ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## Measure the whole pipeline: mentions/s and µs a stage (some minutes)
	$(BIN)/python bench/pipeline.py

train: ## Make the models of texts again: make train DATA=folder (a quarter of an hour; an environment of its own)
	test -x .venv-train/bin/python || $(PYTHON) -m venv .venv-train
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/train.txt
	PYTHONPATH=.:bench .venv-train/bin/python training/negativity.py --data $(DATA) --halves .venv-train/halves
	PYTHONPATH=.:bench .venv-train/bin/python training/signs.py --data $(DATA) --halves .venv-train/halves
	PYTHONPATH=.:bench .venv-train/bin/python training/target.py --halves .venv-train/halves

lock: ## Pin the dependencies again (hashes, no addresses)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements/run.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements/dev.txt
	$(BIN)/uv pip compile pyproject.toml --extra training --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements/train.txt

clean: ## Remove the virtual environment and the caches (your data stays)
	rm -rf $(VENV) .venv-train .mypy_cache .ruff_cache .pytest_cache .hypothesis .servers build *.egg-info processors__mypyc.*.so
	find processors -name "*.so" -delete
