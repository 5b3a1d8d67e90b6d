# The commands of the house. Everything is installed into .venv from hashes in constraints*.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.ready-run
TEST_READY := $(VENV)/.ready-test
# A file stays with one worker: what it starts (a server, a browser, a wheel) is started once.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile -q

.PHONY: run test check bench soak fuzz lab pictures pins clean

run: $(RUN_READY)
	$(BIN)/strongroom serve --demo

test: $(TEST_READY)
	$(PYTEST)

check: $(TEST_READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(TEST_READY)
	$(BIN)/python tests/bench/run.py

soak: $(TEST_READY)
	$(BIN)/python -m pytest -q tests/soak --rounds 50

fuzz: $(TEST_READY)
	$(BIN)/python tests/drivers/fuzzing.py

lab: $(TEST_READY)
	$(BIN)/python tests/lab/lab.py

# The pictures of the README, from a demonstration house.
pictures: $(TEST_READY)
	PYTHONPATH=tests $(BIN)/python tests/browser/pictures.py

# New pins: exact versions with hashes, without the address they came from.
pins:
	$(PYTHON) -m venv $(VENV)/pins && $(VENV)/pins/bin/pip install --quiet uv
	$(VENV)/pins/bin/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --upgrade pyproject.toml build.in --output-file constraints.txt
	$(VENV)/pins/bin/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --constraint constraints.txt --extra test pyproject.toml build.in --output-file constraints-test.txt

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Strongroom needs Python 3.11 or newer.")'
	$(PYTHON) -m venv $(VENV)

$(RUN_READY): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(TEST_READY): pyproject.toml constraints-test.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@ $(RUN_READY)

clean:
	rm -rf $(VENV) dist
