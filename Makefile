# `make run` and `make test` are all that a newcomer needs; see README.md.

PYTHON ?= python3
BIN := .venv/bin
# Compiled modules are kept, whatever the machine's habit: the tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run scale test faults check bench coverage lock clean

run: .venv/run.stamp
	$(BIN)/ratedparts demo --serve

# What PostgreSQL, many workers and many web processes need besides; docs/many-machines.md.
scale: .venv/scale.stamp

test: .venv/develop.stamp
	$(BIN)/python -m pytest -n auto

# Every flow killed, and failed, at every place on both databases; `make test` does a part of it.
faults: .venv/develop.stamp
	RATEDPARTS_FAULTS=every $(BIN)/python -m pytest -n auto tests/faults

check: .venv/develop.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/bench.stamp
	$(BIN)/python benchmarks/run.py

# About an hour on two cores; SAMPLES=200 for a quick look.
coverage: .venv/develop.stamp
	$(BIN)/python benchmarks/coverage

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.stamp: .venv/bin/python requirements/run.lock setup.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

.venv/scale.stamp: .venv/run.stamp requirements/scale.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/scale.lock
	touch $@

.venv/develop.stamp: .venv/run.stamp requirements/develop.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/develop.lock
	touch $@

# The programs that we are measured against; nothing of ours needs them.
.venv/bench.stamp: .venv/develop.stamp requirements/bench.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.lock
	touch $@

# Resolve the versions anew; needs uv.
lock:
	for set in "run" "scale --extra scale" "develop --extra scale --extra hsm --extra test --extra check" \
	    "bench --extra scale --extra hsm --extra test --extra check --extra bench"; do \
	  name=$${set%% *}; extras=$${set#$$name}; \
	  PYTHONPATH=platform uv pip compile setup.cfg $$extras --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-emit-index-url --quiet -o requirements/$$name.lock; \
	done

clean:
	rm -rf .venv var build
