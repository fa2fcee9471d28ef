# Every target sets up .venv when needed; nothing has to be installed by hand but Python 3.11-3.13 and make.
PYTHON ?= python3
EDITION ?= public-2026
RUN := .venv/bin/python
# A path with accents is read rightly whatever the locale.
export PYTHONUTF8 := 1
TESTS := $(RUN) -m pytest -n auto --dist loadfile --no-loadscope-reorder

.PHONY: help ready reports site release pictures internal changes check test test-all lab baseline print lint measure docs new tidy clean

help:
	@echo "make reports   build every report of the edition ($(EDITION))"
	@echo "make site      build every edition and put it together as a web site, in dist/site"
	@echo "make release   make the site, then a ZIP of reports and tables with checksums, in dist"
	@echo "make check     run the unit tests (about a minute)"
	@echo "make test      run the unit tests, the notebooks and the browser checks"
	@echo "make test-all  run the long tests too: mutations, fuzzing"
	@echo "make lint      check code, imports, dependencies, notebooks and the size of the packages"
	@echo "make lab       open the notebooks in JupyterLab"
	@echo "make baseline  show what changed since the accepted claims, then accept the new ones"
	@echo "make changes   compare the edition with an older one: make changes OLD=…"
	@echo "make internal  build the team's own view of a confidential edition, with names"
	@echo "make print     make PDF and DOCX forms (where Chromium and Pandoc are installed)"
	@echo "make new       make a notebook: make new NAME=11_ma_question TITLE=\"Ma question\""
	@echo "make pictures  draw the pictures of the README again"
	@echo "make docs      build the reference of the API and the dictionary of tidy tables"
	@echo "make tidy      strip outputs from notebooks that were saved elsewhere than in 'make lab'"
	@echo "make measure   print the weight of the pages and of the environment"
	@echo "make clean     remove what the build wrote"

ready:
	@$(PYTHON) scripts/bootstrap.py

reports: ready
	@$(RUN) -m helpers reports --edition $(EDITION)

site: ready
	@$(RUN) -m helpers reports --edition public-2026
	@$(RUN) -m helpers reports --edition survey-simulated
	@$(RUN) scripts/release.py site

release: site
	@$(RUN) scripts/release.py zip

pictures: reports
	@$(RUN) scripts/pictures.py

internal: ready
	@$(RUN) -m helpers reports --internal --edition $(EDITION)

changes: ready
	@$(RUN) -m helpers changes $(OLD) $(EDITION)

check: ready
	@$(TESTS) -m "not collection and not browser and not slow"

test: ready
	@$(TESTS) -m "not slow"

test-all: ready
	@$(TESTS)

# JupyterLab keeps what it writes in .cache/lab, and reads the settings of the project in .jupyter;
# LAB holds more options, such as --no-browser.
lab: export JUPYTER_CONFIG_PATH = $(CURDIR)/.jupyter
lab: export JUPYTER_CONFIG_DIR = $(CURDIR)/.cache/lab
lab: export JUPYTER_DATA_DIR = $(CURDIR)/.cache/lab
lab: export IPYTHONDIR = $(CURDIR)/.cache/lab/ipython
lab: ready
	@$(RUN) -m helpers prepare --edition $(EDITION)
	@test -d .cache/lab/lab/workspaces || $(RUN) -m jupyterlab workspaces import .jupyter/workspace.json
	@$(RUN) -m jupyterlab $(LAB)

baseline: ready
	@$(RUN) -m helpers baseline --edition $(EDITION)

print: ready
	@$(RUN) -m helpers print --edition $(EDITION)

lint: ready
	@$(RUN) -m helpers lint
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	@$(RUN) -m deptry src
	@$(RUN) scripts/code_lines.py

# Outputs and what JupyterLab adds go; cells get readable ids. Saving in 'make lab' does the same.
tidy: ready
	@$(RUN) -m helpers tidy

docs: ready
	@$(RUN) scripts/data_dictionary.py
	@$(RUN) -m pdoc --docformat numpy --output-directory docs/api helpers claimbook survey_reader
	@echo "The reference is docs/api/index.html."

new: ready
	@$(RUN) scripts/new_notebook.py "$(NAME)" "$(TITLE)"

measure: reports
	@$(RUN) benchmarks/pages.py

clean:
	@rm -rf .cache .pytask dist pytask.lock* docs/api data/processed/*/ reports/*/
	@echo "Removed what the build wrote; raw data, notebooks and accepted claims are untouched."
