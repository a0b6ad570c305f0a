# Every command we have. `make` alone lists them.
#
# PYTHON=/path/to/python  takes that interpreter (3.11 to 3.13) instead of the newest found
# ARGS="--text"           goes to the command of `make call`, `serve`, `test`, `bench` and `conformance`

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

PYTHON ?=
ARGS ?=
export PYTHON

RUN := .venv/bin/python -m
CORES := 2
QUIET_ROOMS := audio realtime domain meaning conversation intents

# A checkout that moved, an interpreter that went, or another one sets up again; else the stamps decide.
ifneq ($(shell test -x .venv/bin/python && cat .venv/.where 2>/dev/null)$(PYTHON),$(CURDIR))
.venv/.base .venv/.dev: again
endif

.PHONY: help
help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

.PHONY: call
call: .venv/.base ## Set up what is missing, then hold a call
	@$(RUN) npcl_voice call $(ARGS)

.PHONY: serve
serve: .venv/.base ## Offer the embedded engine to Realtime clients
	@$(RUN) npcl_voice serve $(ARGS)

.PHONY: setup
setup: .venv/.dev ## Set up everything that calls, tests and checks need

.PHONY: test
test: .venv/.dev ## Run all tests, with coverage (at most 10 minutes)
	@rm -f .coverage*
	@$(if $(ARGS),$(PYTEST) $(ARGS),$(COVERED))

PYTEST = $(RUN) pytest -n $(CORES) --dist worksteal -m "not soak"
QUIET_TESTS = $(addprefix tests/,$(QUIET_ROOMS))
QUIET_COVER = --data-file=.coverage.quiet --skip-covered --fail-under=100
# Counting lines as the interpreter offers it from 3.12 on costs a quarter of what counting branches does.
LIGHT = $(shell .venv/bin/python -c 'import sys; print("sysmon" if sys.version_info >= (3, 12) else "ctrace")')

# Each quiet room by nobody's tests but its own, line by line and branch by branch; then the other rooms, by line.
define COVERED
set -euo pipefail; \
COVERAGE_FILE=.coverage.quiet $(PYTEST) $(QUIET_TESTS) \
	--cov --cov-branch --cov-report= --cov-context=test --cov-fail-under=0; \
for room in $(QUIET_ROOMS); do \
	echo "$$room, by its own tests:"; \
	$(RUN) coverage report $(QUIET_COVER) --include="src/npcl_voice/$$room/*" --contexts="^$$,^tests/$$room/" | tail -n 8; \
done; \
COVERAGE_CORE=$(LIGHT) COVERAGE_FILE=.coverage.rest $(PYTEST) $(addprefix --ignore=,$(QUIET_TESTS)) \
	--cov --cov-report= --cov-fail-under=0; \
$(RUN) coverage report --data-file=.coverage.rest --skip-covered --skip-empty \
	--omit="$$(printf 'src/npcl_voice/%s/*,' $(QUIET_ROOMS))"
endef

.PHONY: quick
quick: .venv/.dev ## Run what a minute allows, before each commit
	@$(RUN) pytest -n $(CORES) --dist worksteal -q -m "not soak and not slow" --ignore=tests/e2e --ignore=tests/soak --ignore=tests/bench

.PHONY: check
check: .venv/.dev ## Lint, format, types, imports, and nothing of this machine in any file
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@.venv/bin/lint-imports
	@! grep -rnIE $(FOREIGN) $(OURS) . || { echo "check: these lines name a package registry or a machine's own path"; exit 1; }

# Registries' hosts, and absolute paths into somebody's machine.
FOREIGN := '(p[y]pi|pythonh[o]sted|np[m]js|cr[a]tes|an[a]conda|g[o]lang)[.](org|com|io)|(^|[^[:alnum:]_.~/-])/(home|root|work|Users)/[[:alnum:]]'
OURS := $(addprefix --exclude-dir=,.git .venv .conformance .?*_cache .hypothesis __pycache__ *.egg-info build dist) --exclude=.env

.PHONY: soak
soak: .venv/.dev ## Run the long matrices, then a hundred mutants
	@$(RUN) pytest -n $(CORES) --dist worksteal -m soak
	@$(RUN) tests.soak.mutants

.PHONY: bench
bench: .venv/.dev ## Measure: latencies, capacity, recognition
	@for script in tests/bench/[a-z]*.py; do $(RUN) tests.bench.$$(basename $$script .py) $(ARGS); done

.PHONY: conformance
conformance: .venv/.dev ## Let other people's Realtime clients talk with our servers (minutes, and a gigabyte)
	@$(RUN) tests.conformance.run $(ARGS)

.PHONY: docs
docs: .venv/.dev ## Write the pages that are drawn from the code
	@$(RUN) tests.docs.drawn

.PHONY: learn
learn: .venv/.dev ## Count the sentences that danger is learnt from
	@$(RUN) tests.judging.learn_danger

.PHONY: lock
lock: .venv/.dev ## Lock the dependencies again (UPGRADE=1: to their newest versions)
	@for part in dev base; do \
		.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
			--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) --quiet \
			$$([ $$part = dev ] || echo --constraint requirements/dev.txt) \
			requirements/$$part.in --output-file requirements/$$part.txt; \
	done

.PHONY: clean
clean: ## Remove all that these commands made in the checkout
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .conformance .coverage .coverage.* build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@rm -rf src/*.egg-info

.venv/.base: requirements/base.txt pyproject.toml .ci/setup
	@.ci/setup base

.venv/.dev: requirements/dev.txt pyproject.toml .ci/setup
	@.ci/setup dev

.PHONY: again
again:
