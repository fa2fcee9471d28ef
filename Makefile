# Each target sets up .venv when needed; nothing else has to be installed by hand than Python 3.11-3.13 and make.
PYTHON ?= python3
EDITION ?= public-2026
RUN := .venv/bin/python
READY := .venv/.ready

.PHONY: reports internal changes test lab baseline print clean lint measure help

help:
	@echo "make reports   build every report of the edition ($(EDITION))"
	@echo "make internal  build the team's own view of a confidential edition, with names and a watermark"
	@echo "make changes   set the edition beside an older one: make changes OLD=…"
	@echo "make test      run all tests"
	@echo "make lab       open the notebooks in JupyterLab"
	@echo "make baseline  show what changed since the accepted claims, then accept the new ones"
	@echo "make print     make PDF and DOCX forms (Chromium and Pandoc, where they are installed)"
	@echo "make lint      check code and notebooks"
	@echo "make clean     remove what the build wrote"

$(READY): requirements.lock pyproject.toml scripts/bootstrap.py
	@$(PYTHON) scripts/bootstrap.py

reports: $(READY)
	@$(RUN) -m helpers reports --edition $(EDITION)

internal: $(READY)
	@$(RUN) -m helpers reports --internal --edition $(EDITION)

changes: $(READY)
	@$(RUN) -m helpers changes --html $(OLD) $(EDITION)

test: $(READY)
	@$(RUN) -m pytest

lab: $(READY)
	@$(RUN) -m helpers prepare --edition $(EDITION)
	@$(RUN) -m jupyterlab --notebook-dir=notebooks

baseline: $(READY)
	@$(RUN) -m helpers baseline --edition $(EDITION)

print: $(READY)
	@$(RUN) -m helpers print --edition $(EDITION)

lint: $(READY)
	@$(RUN) -m ruff check . && $(RUN) -m ruff format --check . && $(RUN) -m helpers lint

measure: reports
	@$(RUN) -m claimbook.page.measure .cache/executed/$(EDITION)/*.ipynb

clean:
	@rm -rf .cache .pytask pytask.lock data/processed reports/*/
	@echo "Removed what the build wrote; raw data, notebooks and accepted claims are untouched."
