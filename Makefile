# Everything stays inside the clone: the virtual environment, caches, and Jupyter's own folders.
# Minutes are measured on 2 cores of an Intel Xeon (family 6, model 167), with set-up done. Where other
# work ran beside, they are minutes of processor time, of which two cores have two in a minute.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
# Relative, since the clone's own path may have spaces, which would end a word of a command.
CACHE := .cache
PEERS := $(CACHE)/peers
LABELS := $(CACHE)/labels/env

# Settings for other programs of the user stay outside: another Python's packages and kernels, and
# switches of Python, Jupyter, pytest, pip and matplotlib. Bytecode may go where the user wants it.
unexport $(filter-out PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX PYTHONUNBUFFERED,$(filter PYTHON% PYTEST%,$(.VARIABLES)))
unexport JUPYTER_PATH JUPYTER_CONFIG_PATH JUPYTER_PREFER_ENV_PATH JUPYTER_NO_CONFIG \
  MATPLOTLIBRC MPLBACKEND NUMBA_DISABLE_JIT PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_NO_DEPS
export PYTHONUTF8 := 1
export NUMBA_CACHE_DIR := $(CURDIR)/$(CACHE)/numba
export MPLCONFIGDIR := $(CURDIR)/$(CACHE)/matplotlib
export IPYTHONDIR := $(CURDIR)/$(CACHE)/ipython
export JUPYTER_CONFIG_DIR := $(CURDIR)/$(CACHE)/jupyter/config
export JUPYTER_DATA_DIR := $(CURDIR)/$(CACHE)/jupyter/data
export JUPYTER_RUNTIME_DIR := $(CURDIR)/$(CACHE)/jupyter/runtime
export JUPYTERLAB_SETTINGS_DIR := $(CURDIR)/$(CACHE)/jupyter/lab/settings
export JUPYTERLAB_WORKSPACES_DIR := $(CURDIR)/$(CACHE)/jupyter/lab/workspaces
export RUFF_CACHE_DIR := $(CURDIR)/$(CACHE)/ruff
export PYTEST_ADDOPTS := -p no:cacheprovider

# fig01_leave_one_out …, from the notebooks that exist; a test compares them with the manifest.
FIGURES := $(patsubst notebooks/%.ipynb,%,$(wildcard notebooks/fig*.ipynb notebooks/ext*.ipynb))
SUMS := claims robustness unstated
SHORT := $(foreach figure,$(FIGURES),$(firstword $(subst _, ,$(figure)))) $(SUMS)
# Changes to modules that only report on figures or handle notebooks do not make figures stale.
SOURCES := $(filter-out dvlib/play/% $(patsubst %,dvlib/suite/%.py,findings notebooks page report),$(shell find dvlib -name "*.py" -o -name "*.toml" 2>/dev/null))

# ARGS="grid_step=3 dataset=points.csv" are parameters of a figure, which `python -m dvlib run` checks.
# make accepts any name on its command line. One that nothing here reads is an error.
GIVEN := $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))
UNKNOWN := $(filter-out ARGS PRESET FORMAT BUILD PYTHON LAB_OPTIONS CLUSTER TENSORFLOW MAKE% -% $(if $(filter verify,$(MAKECMDGOALS)),FRESH),$(GIVEN))
ifneq ($(UNKNOWN),)
$(error unknown $(UNKNOWN): give a parameter of a figure in ARGS, as in `make fig01 ARGS="$(foreach name,$(UNKNOWN),$(shell echo '$(name)' | tr A-Z a-z)=$(value $(name)))"`)
endif
SETTINGS := $(filter ARGS PRESET FORMAT,$(GIVEN))
PLACED := $(SETTINGS) $(filter BUILD,$(GIVEN))
OTHERS := $(filter-out $(SHORT) setup figures $(if $(SETTINGS),,verify lab),$(MAKECMDGOALS))
ifneq ($(and $(strip $(PLACED)),$(OTHERS)),)
$(error $(OTHERS) takes no $(strip $(PLACED)): ARGS, PRESET and FORMAT go with figures and fig01 …, BUILD also with verify and lab)
endif
PARAMETERS = $(if $(filter ARGS,$(GIVEN)),$(ARGS)) $(if $(filter PRESET,$(GIVEN)),'preset=$(PRESET)')
# Pictures of another format have no page.
PICTURES = $(if $(filter FORMAT,$(GIVEN)),--format '$(FORMAT)',--page)
# A relative path is seen from the folder that make was called from, also with make -C.
export DVLIB_FROM := $(value PWD)
ifeq ($(origin BUILD),command line)
export DVLIB_BUILD := $(value BUILD)
endif

# The place of the computation; not a setting of a figure, since results do not depend on it.
ifeq ($(origin CLUSTER),command line)
export DVLIB_CLUSTER := $(CLUSTER)
endif

# TENSORFLOW=no leaves TensorFlow out. By default, setup installs it if it has a wheel for this Python, and
# other targets use what is installed.
ifneq ($(origin TENSORFLOW),command line)
TENSORFLOW := $(if $(filter setup,$(MAKECMDGOALS)),,$(patsubst $(VENV)/tensorflow-%,%,$(wildcard $(VENV)/tensorflow-*)))
ifeq ($(TENSORFLOW),)
TENSORFLOW := $(or $(shell "$(PYTHON)" -c 'import sys; print("no" if sys.version_info >= (3, 14) else "yes")' 2>/dev/null),yes)
endif
endif
ifeq ($(filter yes no,$(TENSORFLOW)),)
$(error TENSORFLOW $(TENSORFLOW): give yes or no)
endif

.DEFAULT_GOAL := help
.PHONY: help setup book confirm figures verify test check lint lab bench bench-peers bench-labels agreement page play report notebooks lock clean $(SHORT)

help: ## this list
	@echo "usage: make TARGET"
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "  %-12s %s\n", $$1, $$2 }'
	@echo "  fig01 …     one figure; with ARGS=\"dataset=moons grid_step=3 seed=1\" or PRESET=quick into build/ (seconds to 2 min)"
	@echo "  PRESET=quick  with figures: all of them in a few minutes, into build/quick, with a page"
	@echo "  FORMAT=…    with figures, fig01 …: pictures as pdf or svg, into build/"
	@echo "  BUILD=…     with figures, fig01 …, verify, lab: a folder to write instead of build/"
	@echo "  CLUSTER=…   with figures, fig01 …, verify, lab: refits on a Dask cluster, tcp://host:8786 or local:2"

setup: $(VENV)/installed ## the virtual environment in .venv; other targets make it themselves (2 min); TENSORFLOW=no without TensorFlow, as from Python 3.14 on

$(VENV)/installed: requirements.lock tensorflow.lock pyproject.toml $(VENV)/tensorflow-$(TENSORFLOW)
	@echo "installing into $(VENV) ($(if $(filter yes,$(TENSORFLOW)),2.6,1.2) GB when unpacked) …"
	@$(RUN) -m pip install -qq --no-cache-dir --require-hashes -r requirements.lock $(if $(filter yes,$(TENSORFLOW)),-r tensorflow.lock)
	@$(RUN) -m pip install -qq --no-cache-dir --no-build-isolation --no-deps -e .
	@touch $@

# The file's name keeps the TENSORFLOW= of the set-up. Builds of TensorFlow must not overwrite each other.
$(VENV)/tensorflow-yes $(VENV)/tensorflow-no:
	@"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 15) \
	  else f"Python 3.11 to 3.15 is needed, {v[0]}.{v[1]} was found: make PYTHON=/path/to/python3.12")'
	@"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; sys.exit(None if v < (3, 14) or "$(TENSORFLOW)" == "no" \
	  else f"TensorFlow has no wheel for Python {v[0]}.{v[1]}: leave out TENSORFLOW=yes, or take an older Python")'
	@"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; v < (3, 14) or print( \
	  f"Nobody has tried this suite with Python {v[0]}.{v[1]} yet. TensorFlow has no wheel for it, so Figure 6, " \
	  "Extension 3 and make claims have to wait; everything else is installed.")'
	"$(PYTHON)" -m venv $(VENV)
	@$(RUN) -m pip uninstall -qq -y tensorflow tensorflow-cpu
	@rm -f $(VENV)/tensorflow-*
	@touch $@

ifeq ($(SETTINGS),)
figures: $(FIGURES:%=figures/%.json) ## all figures at the paper's resolution, into figures/ (35 min of processor time; a second run 1 s)
	@$(RUN) -m dvlib run $(STALE) --available --summary --page
	@echo "figures/ holds each figure as .png, .csv and .json; figures/index.html shows them all"
else
figures: $(VENV)/installed
	@$(RUN) -m dvlib run $(filter-out $(SUMS),$(SHORT)) $(PARAMETERS) $(PICTURES) --available
endif

# Collects the figures to be made. One process then makes them all, so start-up is paid only once.
figures/%.json: notebooks/%.ipynb $(SOURCES) $(VENV)/installed
	$(eval STALE += $(firstword $(subst _, ,$*)))@:

claims: ## every claim on ten samples, into figures/claims.* (73 min of processor time; from the cache 6 min)
confirm: $(VENV)/installed ## every claim on twenty further samples, into figures/confirm/ (75 min of processor time)
	@$(RUN) -m dvlib run claims preset=confirm
robustness: ## verdicts under what the paper leaves open, into figures/robustness.* (13 min of processor time; from the cache 1 min)
unstated: ## how well settings make the paper's statements true, into figures/unstated.* (5 min of processor time)

ifeq ($(SETTINGS),)
$(foreach figure,$(FIGURES) $(SUMS),$(eval $(firstword $(subst _, ,$(figure))): figures/$(figure).json))
$(SHORT):
	@$(if $(STALE),$(RUN) -m dvlib run $(STALE) --page,echo "figures/ has $@ up to date")
	$(eval STALE :=)@:
else
$(SHORT): %: $(VENV)/installed
	@$(RUN) -m dvlib run $* $(PARAMETERS) $(if $(filter FORMAT,$(GIVEN)),$(PICTURES))
endif

verify: $(VENV)/installed ## all figures again, into build/verify, against the committed ones; FRESH=1 without the cache (as figures)
	@$(RUN) -m dvlib verify $(if $(filter-out 0,$(FRESH)),--fresh)

# Processes take a file at a time, in the order of conftest.py; a notebook has one kernel. For all
# tests they are more than two, since those of browsers and of runs wait a lot.
TEST := $(RUN) -m pytest -q --dist loadfile --no-loadscope-reorder

test: $(VENV)/installed lint ## unit tests, and the notebooks against their stored output (6 min)
	$(TEST) -n 3 --nbval-lax

check: $(VENV)/installed lint ## for the daily loop: lint and the quick unit tests (1 min)
	$(TEST) -n 2 -m "not slow" tests

lint: $(VENV)/installed
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check --quiet .

book: $(VENV)/book ## notebooks, documents and API reference as a site, into build/book (20 s)
	@$(RUN) -m sphinx -W --keep-going -q -c docs -d $(CACHE)/book . build/book
	@echo "build/book/index.html is its first page"

$(VENV)/book: docs/requirements.lock $(VENV)/installed
	@$(RUN) -m pip install -qq --no-cache-dir --require-hashes -r $<
	@touch $@

lab: $(VENV)/installed ## JupyterLab on the notebooks
	$(RUN) -m jupyterlab $(if $(filter 0,$(shell id -u)),--allow-root) $(LAB_OPTIONS) notebooks

bench: $(VENV)/installed ## speed: ratios to scikit-learn, curves of cost, a plot, into benchmarks/ (10 min)
	@for part in engine bound dense shapley dvrl scaling scale playground plot; do $(RUN) -m benchmarks.$$part || exit; done

bench-peers: $(PEERS)/installed $(VENV)/installed ## the same values from pyDVL, in an environment of its own (6 min, 0.7 GB)
	@$(RUN) -m benchmarks.peers
	@$(RUN) -m benchmarks.peer_tables

$(PEERS)/installed: benchmarks/peers.txt
	"$(PYTHON)" -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install -qq --no-cache-dir -r benchmarks/peers.txt
	@touch $@

bench-labels: $(LABELS)/installed $(PEERS)/installed $(VENV)/installed ## which score finds wrong labels, beside cleanlab and pyDVL (40 min, 1.2 GB)
	@$(RUN) -m benchmarks.labels

$(LABELS)/installed: benchmarks/labels.txt
	"$(PYTHON)" -m venv $(LABELS)
	@$(LABELS)/bin/python -m pip install -qq --no-cache-dir -r benchmarks/labels.txt
	@touch $@

agreement: $(VENV)/installed ## compare 180 fits of the engine with scikit-learn's (2 min)
	$(RUN) -m benchmarks.agreement

page: $(VENV)/installed ## figures/index.html, README.md and playground.html, from the manifest and the bundles (2 s)
	@$(RUN) -m dvlib page

play: $(VENV)/installed ## for authors: the playground's kernels as WebAssembly, and its page; needs LLVM's wasm-ld (20 s)
	@$(RUN) -m dvlib.play.webassembly
	@$(RUN) -m dvlib page

report: $(VENV)/installed ## all results as a paper, figures/report.pdf, from the committed numbers (5 s)
	@$(RUN) -m dvlib report

notebooks: $(VENV)/installed ## for authors: run all notebooks at quick and store their output
	$(RUN) -m dvlib store

lock: ## for authors: the three locks and environment.yml again, from pyproject.toml
	"$(PYTHON)" -m venv $(CACHE)/lock
	$(CACHE)/lock/bin/python -m pip install -qq uv packaging pytest
	$(COMPILE) --extra notebooks --extra dask --extra report --extra test -o requirements.lock
	$(COMPILE) --extra tensorflow $(BEYOND) -o tensorflow.lock
	$(COMPILE) --extra book -c tensorflow.lock $(BEYOND) -o docs/requirements.lock
	$(CACHE)/lock/bin/python tests/test_environment.py
	@for python in 3.14 3.15; do $(CACHE)/lock/bin/uv pip compile --quiet --no-deps --only-binary :all: requirements.lock \
	  --python-version $$python --python-platform x86_64-manylinux_2_28 -o $(CACHE)/lock/$$python.txt || exit; done

COMPILE := $(CACHE)/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml
# Only packages that requirements.lock lacks, at versions that fit it.
BEYOND = -c requirements.lock $$(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/--no-emit-package \1/p' requirements.lock)

clean: ## delete refits, builds and the environment
	rm -rf $(CACHE) $(VENV) build dvlib.egg-info
