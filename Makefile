# Everything a developer types. `make` alone lists it.
# Needs Python 3 and make; the rest is fetched from the Python package index into this folder.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help install install-dev run test torture lint train bench cluster audit lock clean FORCE

# Nothing is reported to Rasa's makers: read when Rasa is first imported.
export RASA_TELEMETRY_ENABLED := false

# A Python 3.10 to use instead of the one that is found: make install PYTHON310=/path/to/python3.10
PYTHON310 ?=
# More words for the command behind a target: make test ARGS="-k fever"; make lock ARGS=--upgrade
ARGS ?=

UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null)
ifeq ($(UV),)
UV := .uv/bin/uv
FETCH_UV := .uv/bin/uv
endif

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

install: .venv/.installed ## Make .venv: Python 3.10 and what the server needs (about 2 GB, once)

install-dev: .venv/.installed-dev ## The same, with what tests and checks need

run: install ## Start Aftercare on http://localhost:8000 (another port: make run PORT=9000)
	@.venv/bin/aftercare serve --dev $(if $(PORT),--port $(PORT)) $(ARGS)

test: install-dev ## Train the model if need be, then run all tests (some of them: ARGS="-k fever")
	@.venv/bin/aftercare train
	@.venv/bin/python -m pytest $(ARGS)

torture: install-dev ## Crash, flood and starve running servers in full (an hour or so); make test does it in brief
	@.venv/bin/aftercare train
	@.venv/bin/python -m pytest tests/torture --full $(ARGS)

lint: install-dev ## Check style (ruff) and types (mypy)
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m ruff format --check .
	@.venv/bin/python -m mypy

train: install ## Train the model; nothing to do when its data has not changed
	@.venv/bin/aftercare train $(ARGS)

bench: install-dev ## Measure speed, beside stock Rasa (20 minutes, and once 40 to train that; docs/performance.md)
	@.venv/bin/aftercare train
	@.venv/bin/python -m benchmarks $(ARGS)

cluster: install-dev ## Copies of the server, PostgreSQL and a proxy on http://localhost:8080 (load: ARGS=--trial)
	@.venv/bin/aftercare train
	@.venv/bin/python -m benchmarks.cluster $(ARGS)

AUDIT = audit-results
audit: install .audit/.installed ## List what is installed (SBOM), look for known vulnerabilities, lint the Dockerfile
	@mkdir -p $(AUDIT)
	@.audit/bin/hadolint Dockerfile
	@.audit/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON -o $(AUDIT)/sbom.json .venv/bin/python
	@echo "Written: $(AUDIT)/sbom.json"
	@date -u +"Audited on %Y-%m-%d %H:%M UTC, requirements.lock" | tee $(AUDIT)/date.txt
	@.audit/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes -r requirements.lock \
	  $$(grep '^| `' docs/security-exceptions.md | grep -oE '`(CVE|GHSA|PYSEC)-[0-9A-Za-z-]+`' | tr -d '`' | sed 's/^/--ignore-vuln /') \
	  --format markdown -o $(AUDIT)/vulnerabilities.md $(ARGS) || { \
	  echo "Vulnerabilities that docs/security-exceptions.md does not name, or the database cannot be reached: see above" >&2; \
	  echo "and $(AUDIT)/vulnerabilities.md. Another database: make audit ARGS=\"--vulnerability-service osv\"" >&2; exit 1; }

COMPILE = "$(UV)" pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header
lock: $(FETCH_UV) ## Write the locks again from pyproject.toml (newer versions: ARGS=--upgrade)
	$(COMPILE) $(ARGS) --group tensorflow --output-file requirements.lock pyproject.toml
	$(COMPILE) $(ARGS) --group tensorflow --output-file requirements-dev.lock --group dev --constraint requirements.lock pyproject.toml
	$(COMPILE) $(ARGS) --group audit --output-file requirements-audit.lock

clean: ## Remove the environment, trained models and caches; keeps var/, which holds conversations
	rm -rf .venv .audit .uv audit-results models .rasa .pytest_cache .mypy_cache .ruff_cache .hypothesis aftercare.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment -----------------------------------------------------------------------------

.uv/bin/uv:
	@echo "Fetching uv $(UV_VERSION), which installs everything else ..."
	@rm -rf .uv
	@{ python3 -m venv .uv && .uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); } \
	  || { rm -rf .uv; python3 -m pip install --quiet --disable-pip-version-check --target .uv uv==$(UV_VERSION); } \
	  || { rm -rf .uv; \
	       echo "Could not fetch uv: python3 here has neither venv nor pip, or the package index cannot be reached."; \
	       echo "On Debian or Ubuntu: apt install python3-venv. Or install uv yourself (docs.astral.sh/uv). Then run make again."; \
	       exit 1; }

# The scripts in .venv hold its full path: a folder that was moved or copied needs a new one.
ifneq ($(wildcard .venv/.installed),)
ifneq ($(shell cat .venv/.installed),$(CURDIR))
.venv/pyvenv.cfg: FORCE
endif
endif

.venv/pyvenv.cfg: | $(FETCH_UV)
	@rm -rf .venv
	@python="$(PYTHON310)"; \
	test -n "$$python" || python=$$("$(UV)" python find --system --no-python-downloads 3.10 2>/dev/null) \
	  || python=$$(ls -d "$$HOME"/.pyenv/versions/3.10.*/bin/python3.10 2>/dev/null | tail -n 1); \
	test -n "$$python" || echo "No Python 3.10 on this machine: uv downloads one ..."; \
	"$(UV)" venv --quiet --python "$${python:-3.10}" .venv || { \
	  rm -rf .venv; \
	  echo; \
	  echo "Aftercare needs Python 3.10 (Rasa runs on no newer one). None was found, and none could be downloaded."; \
	  echo "Install it and run make again:"; \
	  echo "  Ubuntu 22.04   apt install python3.10"; \
	  echo "  Fedora         dnf install python3.10"; \
	  echo "  macOS          brew install python@3.10"; \
	  echo "  elsewhere      pyenv install 3.10"; \
	  echo "or name one that you have: make install PYTHON310=/path/to/python3.10"; \
	  exit 1; }

SYNC = "$(UV)" pip sync --python .venv/bin/python --require-hashes
# setuptools is in the lock, so nothing more is fetched to build the project.
EDITABLE = "$(UV)" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
# Imports once what a start imports: shows here whether it can be, and leaves the compiled files (10 s -> 4 s a start).
WARM_UP = echo "Trying it out ..."; PYTHONDONTWRITEBYTECODE= TF_CPP_MIN_LOG_LEVEL=3 .venv/bin/python \
  -c "import rasa.core.agent, rasa.model_training, spacy, onnxruntime" 2> .venv/try.log || { cat .venv/try.log; exit 1; }

# Without the development tools, unless they are there already: make run after make test removes nothing.
.venv/.installed: pyproject.toml requirements.lock requirements-dev.lock .venv/pyvenv.cfg | $(FETCH_UV)
	@if test -e .venv/.installed-dev; then lock=requirements-dev.lock; else lock=requirements.lock; fi; \
	echo "Installing $$lock into .venv (the first time takes a few minutes) ..."; \
	$(SYNC) $$lock
	@$(EDITABLE)
	@$(WARM_UP)
	@printf '%s\n' "$(CURDIR)" > .venv/.installed

.venv/.installed-dev: pyproject.toml requirements-dev.lock .venv/pyvenv.cfg | $(FETCH_UV)
	@echo "Installing requirements-dev.lock into .venv (the first time takes a few minutes) ..."
	@$(SYNC) requirements-dev.lock
	@$(EDITABLE)
	@$(WARM_UP)
	@touch .venv/.installed-dev
	@printf '%s\n' "$(CURDIR)" > .venv/.installed

.audit/.installed: requirements-audit.lock .venv/pyvenv.cfg | $(FETCH_UV)
	@"$(UV)" venv --quiet --clear --python .venv/bin/python .audit
	@"$(UV)" pip sync --quiet --python .audit/bin/python --require-hashes requirements-audit.lock
	@touch .audit/.installed
