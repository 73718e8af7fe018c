# Gainstage. `make run` opens the studio, `make test` proves it; everything lives in .venv.

PYTHON ?= python3
VENV   ?= .venv
PORT   ?= 8501
BIN     = $(VENV)/bin
PIP     = $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run song models test lint bench clean

run: $(VENV)/.lite
	$(BIN)/python -m streamlit run streamlit_app.py --server.address localhost --server.port $(PORT)

song: $(VENV)/.lite
	$(BIN)/python -m core song --prompt "$(PROMPT)" --out "$(or $(OUT),out)"

models: $(VENV)/.full

test: $(VENV)/.test chromium lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/.test
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

bench: $(VENV)/.test
	$(BIN)/python -m core bench

# The browser tests drive the system's Chromium. Where it is missing and may be installed, it is;
# elsewhere the browser tests fail and say so.
.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || sh .ci/chromium

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Gainstage needs Python 3.11 or newer; make PYTHON=python3.12 names another one."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.lite: requirements-lite.txt | $(VENV)/bin/python
	$(PIP) install --quiet -r requirements-lite.txt
	@touch $@

$(VENV)/.full: requirements.txt requirements-lite.txt | $(VENV)/bin/python
	$(PIP) install --quiet -r requirements.txt
	@touch $@ $(VENV)/.lite

$(VENV)/.test: requirements-test.txt requirements.txt requirements-lite.txt | $(VENV)/bin/python
	$(PIP) install --quiet -r requirements-test.txt
	@touch $@ $(VENV)/.full $(VENV)/.lite

clean:
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache .hypothesis
