# purdah-scheduler: `make help` lists what can be done here.

ifeq ($(origin PYTHON),undefined)
PYTHON := python3
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11
else
CANDIDATES := $(PYTHON)
endif

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# How many test processes run side by side.
WORKERS ?= 2
# `make demo DIR=folder` keeps the demonstration there; otherwise it gets a fresh folder in the temporary directory.
DIR ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test test-servers test-long check format lock clean
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

# Once for each change of the lock: every package is checked against its hash.
$(INSTALLED): requirements.lock pyproject.toml
	@set -e; \
	fits='import sys; sys.exit(sys.version_info < (3, 11))'; \
	if ! $(BIN)/python -c "$$fits" 2>/dev/null; then \
	  python=; \
	  for candidate in $(CANDIDATES); do \
	    if "$$candidate" -c "$$fits" 2>/dev/null; then python=$$candidate; break; fi; \
	  done; \
	  if [ -z "$$python" ]; then \
	    echo "purdah-scheduler needs Python 3.11 or newer, and $(firstword $(CANDIDATES)) is not, so nothing was installed. Name one that is: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; \
	    exit 78; \
	  fi; \
	  rm -rf $(VENV); \
	  "$$python" -m venv $(VENV) || { rm -rf $(VENV); echo "$$python could not make a virtual environment, so nothing was installed. On Debian and Ubuntu it is in the package python3-venv." >&2; exit 78; }; \
	fi; \
	echo "Installing what requirements.lock names into $(VENV); this happens once." >&2; \
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock; \
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .; \
	touch $(INSTALLED)

demo: $(INSTALLED) ## open the interface on an invented department (headless where there is no terminal)
	@if [ -t 0 ] && [ -t 1 ]; then headless=; else headless=--headless; fi; \
	$(BIN)/purdah-scheduler demo $$headless $(if $(DIR),--dir "$(DIR)")

test: $(INSTALLED) ## run every test that needs no server of its own
	$(BIN)/python -m pytest -q -n $(WORKERS) -m "not server and not long" $(ARGS)

test-servers: $(INSTALLED) ## run the tests that need a real server, which is installed into .servers once
	$(BIN)/python -m pytest -q -m server $(ARGS)

test-long: $(INSTALLED) ## the long proofs: twenty kills at every side effect, six daemons, a thousand races, every network fault (hours)
	$(BIN)/python -m pytest -q -m long $(ARGS)

check: $(INSTALLED) ## format, lint, types and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(INSTALLED) ## put the code in its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(INSTALLED) ## make requirements.lock anew from pyproject.toml
	@set -e; tool=$$(mktemp -d); trap 'rm -rf "$$tool"' EXIT; \
	$(BIN)/python -m venv "$$tool"; \
	"$$tool/bin/pip" install --quiet uv; \
	"$$tool/bin/uv" pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet --upgrade --output-file requirements.lock; \
	if grep -n '://' requirements.lock; then echo "requirements.lock names a download address; take it out." >&2; exit 1; fi

clean: ## remove what was built here; the virtual environment too
	rm -rf $(VENV) build dist htmlcov .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
