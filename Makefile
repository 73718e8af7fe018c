# Gainstage. `make run` opens the studio, `make check` is the quick proof and `make test` the whole one; everything
# lives in .venv.

PYTHON ?= python3
VENV   ?= .venv
PORT   ?= 8501
BIN     = $(VENV)/bin
PIP     = $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run song models matchering dask remote audiocraft acestep check test lint fuzz kills load faults bench space clean

run: $(VENV)/.compiled
	$(BIN)/python -m streamlit run streamlit_app.py --server.address localhost --server.port $(PORT)

song: $(VENV)/.compiled
	$(BIN)/python -m core song --prompt "$(PROMPT)" --out "$(or $(OUT),out)"

models: $(VENV)/.full

matchering: $(VENV)/.matchering

# For batch --scheduler; see hosting/dask.
dask: $(VENV)/.dask

# For songs from a Space; see hosting/zerogpu.
remote: $(VENV)/.remote

# Meta's own MusicGen has packages that clash with the studio's, so it gets an environment of its own. What is
# compiled in its torchaudio fits another torch, is not needed to play, and would keep it from being imported.
AUDIOCRAFT = .venv-audiocraft
audiocraft: $(AUDIOCRAFT)/.made
	@echo "The studio finds it here by itself. From elsewhere:"
	@echo "export GAINSTAGE_AUDIOCRAFT_PYTHON=$(CURDIR)/$(AUDIOCRAFT)/bin/python"

$(AUDIOCRAFT)/.made: requirements-audiocraft.txt requirements-audiocraft-alone.txt
	$(PYTHON) -m venv $(AUDIOCRAFT)
	$(AUDIOCRAFT)/bin/python -m pip --disable-pip-version-check install --quiet -r requirements-audiocraft.txt
	$(AUDIOCRAFT)/bin/python -m pip --disable-pip-version-check install --quiet --no-deps -r requirements-audiocraft-alone.txt
	rm -f $(AUDIOCRAFT)/lib/python3*/site-packages/torchaudio/lib/*.so
	$(AUDIOCRAFT)/bin/python -c "from core.engines.audiocraft.surroundings import prepare; prepare(); import audiocraft.models"
	@touch $@

# The first ACE-Step: its authors' package from a clone of theirs (SRC), with packages that clash with ours.
ACESTEP = .venv-acestep
acestep: requirements-acestep.txt requirements-acestep-alone.txt
	@test -f "$(SRC)/acestep/pipeline_ace_step.py" || { echo "make acestep SRC=<a clone of github.com/ace-step/ACE-Step>"; exit 2; }
	$(PYTHON) -m venv $(ACESTEP)
	$(ACESTEP)/bin/python -m pip --disable-pip-version-check install --quiet -r requirements-acestep.txt
	$(ACESTEP)/bin/python -m pip --disable-pip-version-check install --quiet --no-deps -r requirements-acestep-alone.txt
	rm -f $(ACESTEP)/lib/python3*/site-packages/torchaudio/lib/*.so
	echo "$(abspath $(SRC))" > $$(ls -d $(ACESTEP)/lib/python3*/site-packages)/acestep-clone.pth
	$(ACESTEP)/bin/python -c "from core.engines.acestep.surroundings import prepare; prepare(); import acestep.pipeline_ace_step"
	@echo "The studio finds it here by itself. From elsewhere:"
	@echo "export GAINSTAGE_ACESTEP_PYTHON=$(CURDIR)/$(ACESTEP)/bin/python"

# Two workers; tests/conftest.py says which tests stay together, and in which order they are begun.
TWO = -n 2

test: $(VENV)/.test $(VENV)/.compiled chromium lint
	$(BIN)/python -m pytest $(TWO)

# What is quick: no browser, no child process, no drill, no whole song, and nothing marked slow.
CHECKED = tests/test_architecture.py tests/test_sentences.py tests/test_contract.py tests/test_audio.py tests/meter \
  tests/dsp tests/checks tests/writing tests/machine

check: $(VENV)/.test $(VENV)/.compiled lint
	$(BIN)/python -m pytest -q $(TWO) -m "not slow and not browser" $(CHECKED)

# A Hugging Face Space, laid out in DIR; GPU=1 for one with a graphics card, ZEROGPU=1 for the companion that
# only plays ACE-Step.
space:
	@test -n "$(DIR)" || { echo "make space DIR=<an empty folder, or a clone of the Space> [GPU=1 | ZEROGPU=1]"; exit 2; }
	@sh hosting/huggingface/make-space.sh "$(DIR)" $(if $(ZEROGPU),zerogpu,$(if $(GPU),gpu))

lint: $(VENV)/.test
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

# 5,000 mutated files, lyrics, prompts and MIDI files; what fails lies in .fuzz. No part of make test.
fuzz: $(VENV)/.test
	$(BIN)/python -m tests.fuzz --count $(or $(COUNT),5000) --seed $(or $(SEED),1)

# kill -9 at random times over whole songs through the real server, and a look at what is left. About 7 s each.
kills: $(VENV)/.test $(VENV)/.compiled
	$(BIN)/python -m tests.kills --count $(or $(COUNT),200) --seed $(or $(SEED),1)

# 50 sessions, 10 of which have songs of 20 s made, on the real server: fairness, errors, memory.
load: $(VENV)/.test $(VENV)/.compiled
	$(BIN)/python -m tests.load --sessions $(or $(SESSIONS),50) --songs $(or $(SONGS),10)

# Every write of a song fails, one after the other, in each of four manners.
faults: $(VENV)/.test $(VENV)/.compiled
	GAINSTAGE_EVERY_WRITE=1 $(BIN)/python -m pytest -q tests/runs/test_failing_disk.py

bench: $(VENV)/.bench
	$(BIN)/python -m core bench

# The browser tests drive the system's Chromium. Where it is missing and may be installed, it is;
# elsewhere the browser tests fail and say so.
.PHONY: chromium
chromium:
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || sh .ci/chromium

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Gainstage needs Python 3.11 or newer; make PYTHON=python3.12 names another one."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.lite: requirements-lite.txt | $(VENV)/bin/python
	$(PIP) install --quiet -r requirements-lite.txt
	@touch $@

# The numeric loops' machine code, so that the first song need not wait for it.
$(VENV)/.compiled: $(shell find core -name kernels.py) $(VENV)/.lite
	$(BIN)/python -m core compile
	@touch $@

$(VENV)/.full: requirements.txt requirements-lite.txt | $(VENV)/bin/python
	$(PIP) install --quiet -r requirements.txt
	@touch $@ $(VENV)/.lite

$(VENV)/.matchering: requirements-matchering.txt requirements-lite.txt | $(VENV)/bin/python
	$(PIP) install --quiet -r requirements-matchering.txt
	@touch $@ $(VENV)/.lite

$(VENV)/.dask: requirements-dask.txt requirements-lite.txt | $(VENV)/bin/python
	$(PIP) install --quiet -r requirements-dask.txt
	@touch $@ $(VENV)/.lite

$(VENV)/.remote: requirements-remote.txt requirements-lite.txt | $(VENV)/bin/python
	$(PIP) install --quiet -r requirements-remote.txt
	@touch $@ $(VENV)/.lite

$(VENV)/.test: requirements-test.txt requirements.txt requirements-matchering.txt requirements-lite.txt | $(VENV)/bin/python
	$(PIP) install --quiet -r requirements-test.txt
	@touch $@ $(VENV)/.full $(VENV)/.matchering $(VENV)/.lite

$(VENV)/.bench: requirements-bench.txt $(VENV)/.test
	$(PIP) install --quiet -r requirements-bench.txt
	@touch $@

clean:
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache .hypothesis
