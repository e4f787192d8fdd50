# genresite: `make run` needs Python 3.11 or newer, make, and a package registry that pip can reach.

PYTHON ?= python3
TESTERS ?= 2
BIN := .venv/bin
CODE := genresite catalog training inference tests
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test lint format lock install install-dev browser clean

help: ## say what there is to do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install ## run the site (PORT=8000, GENRESITE_DATA=var, ARGS="--host 0.0.0.0 --no-worker")
	@exec $(BIN)/python manage.py up $(ARGS)

test: install-dev browser ## run every test, in a real browser and with a real worker (ARGS="-k poster")
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(TESTERS) --dist worksteal $(ARGS)

lint: install-dev ## check style, types, translations, migrations and the deployment settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CODE)
	$(BIN)/python -m pytest tests/genresite/test_translations.py
	$(BIN)/python manage.py makemigrations --check --dry-run
	SITE_URL=https://films.example.org $(BIN)/python manage.py check --deploy --fail-level WARNING

format: install-dev ## put the code into its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

install: .venv/bin/pip
	@cmp -s requirements.txt .venv/requirements.txt || cmp -s requirements-dev.txt .venv/requirements.txt || { \
		echo "Installing the libraries (a few minutes the first time)."; \
		$(BIN)/python -m pip install -qq -r requirements.txt && cp requirements.txt .venv/requirements.txt; }

install-dev: .venv/bin/pip
	@cmp -s requirements-dev.txt .venv/requirements.txt || { \
		echo "Installing the libraries and the tools for tests (a few minutes the first time)."; \
		$(BIN)/python -m pip install -qq -r requirements-dev.txt && cp requirements-dev.txt .venv/requirements.txt; }

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed: make run PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -m venv --clear .venv || { \
		echo "Python's venv module does not work here; on Debian and Ubuntu install python3-venv." >&2; exit 2; }

browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the tests of the pages."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else echo "No Chromium found: install it for the tests of the pages." >&2; fi

lock: install-dev ## write requirements*.txt anew from pyproject.toml
	@$(call compile,requirements.txt,)
	@$(call compile,requirements-dev.txt,--extra dev)

# A local build of torch (2.13.0+cpu) has no place in the lock: every machine takes the build that it can get.
define compile
CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile -q --strip-extras --no-emit-options --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host $(2) -o $(1) pyproject.toml && \
	sed -i.bak -E 's/^([a-z0-9-]+==[0-9.]+)\+[a-z0-9.]+/\1/' $(1) && rm $(1).bak
endef

clean: ## remove caches and the virtual environment; the data in var/ stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
