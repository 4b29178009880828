# Warm Stations. "make app" opens the tool, "make test" tests it; both set up what is missing.
# Without make (Windows): see README.md, "Without make".

PORT ?= 8501
ADDRESS ?= 127.0.0.1
ARGS ?=
WORKERS ?= 2

PYTHON ?= $(shell for p in python3.11 python3 python3.13 python3.12 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup app test check bench shots soak accept

help:
	@echo "make app     open the tool on the bundled city, Daxing (PORT=$(PORT) ADDRESS=$(ADDRESS))"
	@echo "make test    all tests (ARGS='-k name' for some)"
	@echo "make check   lint, format and types"
	@echo "make bench   measure speed against other tools (ARGS='--only NAME --quick')"
	@echo "make shots   a picture of every page and map, into shots/"
	@echo "make soak    kill it at many moments and look what is left"
	@echo "make accept  every promise with its measured value"
	@echo "make setup   only what the others need: .venv from requirements.lock"

setup:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and none was found."; exit 1; }
	@$(PYTHON) tools/setup.py $(SETUP_WORDS)

app: SETUP_WORDS = app
app: setup
	@echo "Warm Stations: http://$(ADDRESS):$(PORT)   (Ctrl-C ends it)"
	@exec $(PY) -m streamlit run app.py --server.port $(PORT) --server.address $(ADDRESS) --server.headless true

test: setup
	@$(PY) -m tests.system
	@WARM_STATIONS_APT=tried $(PY) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

bench: setup
	@$(PY) -m benchmarks.run $(ARGS)

shots: setup
	@$(PY) -m siting.web.shots $(ARGS)

soak: setup
	@$(PY) -m benchmarks.soak $(ARGS)

accept: setup
	@$(PY) -m acceptance $(ARGS)
