# The two commands: `make demo` runs a real job on real data, `make test` runs every test.
# `make help` lists the rest.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
unexport PYTHONDONTWRITEBYTECODE
export UV_PYTHON_DOWNLOADS := never
PYTHON ?= python3
BIN := .venv/bin
# uv does not read pip's settings: it is told them here, asked for only where uv is used.
UV = env $(shell $(PYTHON) tools/uv_settings.py) $(BIN)/uv
# A lock holds what everyone can have, not what lies on one machine.
UV_OF_ALL = $(subst UV_FIND_LINKS=,IGNORED=,$(UV))
MAVEN := mvn -q -B -ntp -Dstyle.color=never -f jvm/pom.xml
# Maven resets colours that it was told not to use.
PLAIN := sed $$'s/\033\[0m//g'
JAR := src/rheostat/_jvm/agent.jar
JAVA_SOURCES := $(shell find jvm -name '*.java' -not -path '*/target/*' -o -name pom.xml -not -path '*/target/*')
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*')
UV_VERSION := $(shell sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements.lock)

.NOTPARALLEL:
.PHONY: help demo test install check lint types unit contract integration java golden lock kill-matrix clean bench pictures engine web webtest wheel

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

demo: .build/prerequisites ## Run a real job on real data, from nothing
	@$(MAKE) install
	@$(BIN)/rheostat demo $(DEMO)

install: .build/venv $(JAR) .build/web engine ## Install everything that a server needs into .venv and the engines folder

web: .build/web ## Build the web UI

engine: .build/venv $(JAR)
	@$(BIN)/rheostat engine install 2.3

.build/prerequisites: tools/prerequisites
	@tools/prerequisites $(PYTHON)
	@mkdir -p .build && touch $@

.build/venv: requirements.lock pyproject.toml | .build/prerequisites
	@echo "Installs the Python packages of requirements.lock into .venv …"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python tools/lock_of.py uv requirements.lock > .build/uv.lock
	@[ "$$($(BIN)/uv --version 2>/dev/null | cut -d' ' -f2)" = "$(UV_VERSION)" ] \
	  || $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r .build/uv.lock
	@$(UV) pip sync -q --python $(BIN)/python --compile-bytecode --require-hashes requirements.lock
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

.build/web: $(WEB_SOURCES) | .build/prerequisites
	@echo "Builds the web UI …"
	@cd web && npm ci --no-audit --no-fund --silent && npm run --silent build > ../.build/web.txt 2>&1 \
	  || { cat ../.build/web.txt; exit 1; }
	@rm -rf src/rheostat/_web && cp -r web/dist src/rheostat/_web
	@touch $@

$(JAR): $(JAVA_SOURCES) | .build/prerequisites
	@echo "Builds the agent JAR …"
	@$(MAVEN) -DskipTests package | $(PLAIN)
	@mkdir -p $(@D) && cp jvm/agent/target/agent.jar $@.new && mv $@.new $@

test: install check java webtest contract integration ## Run every test: lint, types, unit, JUnit, contract, integration with real parts

check: .build/venv lint types unit ## The fast part of the tests: lint, types, unit

lint: .build/venv
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/lint-imports --no-cache --no-logo > .build/imports.txt || { cat .build/imports.txt; exit 1; }
	@echo "lint: clean"

types: .build/venv
	@$(BIN)/mypy

unit: .build/venv
	@$(BIN)/pytest -q tests/unit

webtest: .build/web ## Lint, type-check and test the web UI
	@cd web && npm run --silent check && npm test --silent

contract: install
	@$(BIN)/pytest -q tests/contract

integration: install
	@$(BIN)/pytest -q --durations=8 tests/integration

wheel: .build/venv $(JAR) .build/web ## Build the wheel, agent JAR and web UI inside, into dist/
	@$(UV) build -q --wheel --no-build-isolation --python $(BIN)/python -o dist
	@ls dist/*.whl

java: ## Test the agent JAR
	@echo "Tests the agent JAR …"
	@$(MAVEN) package | $(PLAIN)

golden: .build/venv ## Write the golden files and printed documents anew; review the diff
	@RHEOSTAT_GOLDEN=1 $(BIN)/pytest -q tests/unit
	@$(BIN)/python tools/print_docs.py

lock: .build/venv ## Resolve the Python packages anew into requirements.lock
	@$(UV_OF_ALL) lock -q --upgrade
	@$(UV_OF_ALL) export -q --frozen --no-emit-project --all-groups --format requirements-txt --no-header -o requirements.lock

bench: install ## Measure starts, lists and ingest, into bench/RESULTS.md (20 minutes); QUICK=1: only that it works
	@$(BIN)/python -m bench $(if $(QUICK),--quick --out .build/bench)

pictures: install ## Take the README's pictures anew from a running demo, into docs/pictures; needs Chromium
	@$(BIN)/python tools/pictures.py

clean: ## Remove what was built here; engines and caches of the user stay
	@rm -rf .venv .build .cache jvm/*/target src/rheostat/_jvm src/rheostat/_web web/dist web/node_modules .mypy_cache .ruff_cache .hypothesis dist

kill-matrix: install ## Run the kill, evidence and guard matrices whole on real Flink (about 20 minutes)
	@RHEOSTAT_MATRIX=whole $(BIN)/pytest -q tests/integration/test_kill_matrix.py \
	  tests/integration/test_evidence_matrix.py tests/integration/test_guard.py
