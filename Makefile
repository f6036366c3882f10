# Sojourn needs Python 3.11 or later and make; everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
INTAKE_PORT ?= 8001
COMPANY ?= bank
TESTS ?=
WORKERS ?= 3
export OMP_NUM_THREADS := 1

.PHONY: demo test bench soak check format clean help

help:
	@echo "make demo    install, load the demo company, serve, print address and sign-in  (HOST=, PORT=, INTAKE_PORT=, COMPANY=bank|retail)"
	@echo "make test    all checks and tests, as CI runs them                             (TESTS=tests/engine WORKERS=3)"
	@echo "make check   style, types, arrows between rooms, licences; writes var/sbom.json (CycloneDX)"
	@echo "make bench   measure beside the peers; writes docs/benchmarks.md's tables to var/bench"
	@echo "make soak    the slow proofs"

$(VENV)/.run: pyproject.toml constraints.txt tools/setup.py
	@$(PYTHON) tools/setup.py run

$(VENV)/.dev: $(VENV)/.run tools/setup.py
	@$(PYTHON) tools/setup.py dev

demo: $(VENV)/.run
	@$(BIN)/sojourn demo --company $(COMPANY) --host $(HOST) --port $(PORT) --intake-port $(INTAKE_PORT)

# Kernels are compiled (45 s of one core in a fresh checkout) while the checks use the other.
test: $(VENV)/.dev
	@NUMBA_CACHE_DIR="$(CURDIR)/var/numba" $(BIN)/python -m sojourn.engine.kernels.warming & \
	$(MAKE) --no-print-directory check && wait
	@$(PYTHON) tools/setup.py browser
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not soak and not bench" $(TESTS)

check: $(VENV)/.dev
	@$(BIN)/ruff check src tests tools
	@$(BIN)/lint-imports --no-logo >var/lint-imports.log 2>&1 || { cat var/lint-imports.log; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/python -m tools.dependencies

bench: $(VENV)/.dev
	@$(BIN)/python -m tools.bench

soak: $(VENV)/.dev
	@$(PYTHON) tools/setup.py browser
	@$(BIN)/python -m pytest -m soak

format: $(VENV)/.dev
	@$(BIN)/ruff format src tests tools
	@$(BIN)/ruff check --fix src tests tools

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis
