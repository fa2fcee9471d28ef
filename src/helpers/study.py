"""What a notebook opens: the tables of an edition, their labels, and figures and tables."""

from __future__ import annotations

import hashlib
import warnings
from collections import ChainMap
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from claimbook import figures, protect
from claimbook.edition import Citation, read_citation
from claimbook.prose import expect_extension, say
from claimbook.results import NotebookResults, read_results
from claimbook.tables import read_table, replace_all, workbook_bytes, write_table
from helpers import labels, texts
from helpers.charts import Chart, check_drawn
from helpers.cleaning import FAMILIES
from helpers.layout import DEFAULT_EDITION, is_stale, open_edition
from helpers.profiles import Profiles, build_profiles

SEED = 2026


class Study:
    """One edition of the study.

    Parameters
    ----------
    edition : str
        Folder under ``data/raw``.
    seed : int
        From which every random draw of the notebook starts.
    root : Path, optional
        Root of the project; found from the package, if not given.
    headings : dict of str to str, optional
        Headings of columns that go before those of ``texts/labels.yml``, in every figure and table.

    Attributes
    ----------
    edition : StudyLayout
        Paths of its tables, and what it declares about itself.
    seed : int

    Raises
    ------
    UserError
        If there is no such edition.
    """

    def __init__(self, edition: str = DEFAULT_EDITION, *, seed=SEED, root=None, headings=None):
        self.edition = open_edition(edition, None if root is None else Path(root))
        self.seed = seed
        self._own_headings = dict(headings or {})
        expect_extension()
        if is_stale(self.edition):
            problem = f"Files of data/raw/{edition} changed since the tidy tables were written."
            remedy = f"Remedy: run 'python -m helpers prepare --edition {edition}'."
            warnings.warn(f"{problem} {remedy}", stacklevel=2)

    def __repr__(self) -> str:
        return f"Study({self.edition.edition!r}, seed={self.seed})"

    def load(self, table: str) -> pd.DataFrame:
        """Return a tidy table; `UserError` if the build has not written it yet."""
        return read_table(self.edition.processed, table)

    def tables(self) -> pd.Series:
        """Return what the rows of each tidy table are, by its name for `load`."""
        names = sorted(path.stem for path in self.edition.processed.glob("*.csv"))
        lines = ChainMap(*texts.read("tables").values())
        rows = [lines.get(name, "") for name in names]
        return pd.Series(rows, pd.Index(names, name="table"), name="row", dtype="str")

    def save(self, table: str, frame: pd.DataFrame) -> None:
        """Write a tidy table that another notebook reads."""
        write_table(self.edition.processed, table, frame)

    def attach(self, name: str, book) -> None:
        """Write a workbook of openpyxl that readers download: the build puts it beside reports."""
        content = workbook_bytes(book, date.fromisoformat(self.citation.date))
        replace_all({self.edition.processed / name: content})

    @cached_property
    def citation(self) -> Citation:
        """How to cite the edition."""
        return read_citation(self.edition.root, self.edition.edition)

    def results(self, notebook: str) -> NotebookResults:
        """Return the answer and the values that another notebook states."""
        return read_results(self.edition.processed, notebook)

    def rng(self, name: str) -> np.random.Generator:
        """Return a generator for one purpose: the same draws however often the cell runs."""
        digest = hashlib.sha256(name.encode()).digest()
        return np.random.default_rng([self.seed, int.from_bytes(digest[:4], "big")])

    @cached_property
    def operators(self) -> pd.DataFrame:
        """Every named body, one row each, with its stratum."""
        return self.load("operators")

    @cached_property
    def services(self) -> pd.DataFrame:
        """The taxonomy: service_code, label_fr, family_code."""
        return self.load("services")

    @property
    def families(self) -> dict[str, str]:
        """Family code of each service."""
        return dict(zip(self.services["service_code"], self.services["family_code"], strict=True))

    @cached_property
    def every_profile(self) -> Profiles:
        """Profiles of all named bodies, also of those that are not in the population."""
        return build_profiles(self.operators, self.services, self.load("states"))

    @cached_property
    def profiles(self) -> Profiles:
        """Profiles of the population: active bodies read, with services other than roll-out."""
        main = self.operators.loc[self.operators["stratum"] == "main", "operator"]
        return self.every_profile.of(sorted(main))

    @cached_property
    def wider_profiles(self) -> Profiles:
        """Profiles of the population and of the bodies that are shown apart."""
        apart = self.operators["stratum"].isin(["main", "roll_out", "purchasing"])
        return self.every_profile.of(sorted(self.operators.loc[apart, "operator"]))

    @cached_property
    def parameters(self) -> dict:
        """Parameters that several notebooks share, by name: ``texts/parameters.yml``."""
        return texts.read("parameters")

    @cached_property
    def labels(self) -> dict[str, str]:
        """French label of every code: services, families and legal families."""
        services = self.services
        return {
            **dict(zip(services["service_code"], services["label_fr"], strict=True)),
            **dict(zip(services["family_code"], services["family_fr"], strict=True)),
            **FAMILIES,
            **texts.read("labels")["codes"],
            **(texts.read("survey")["codes"] if self.edition.declaration.survey else {}),
        }

    def labelled(self, frame: pd.DataFrame | pd.Series):
        """Return a frame whose codes, in its index, columns and cells, are French labels."""
        named = frame.rename(self.labels)
        if isinstance(frame, pd.Series):
            return named
        named = named.rename(columns=self.labels)
        for column in named.select_dtypes(include=["object", "string"]):
            named[column] = named[column].map(lambda code: self.labels.get(code, code))
        return named

    @property
    def respondents(self) -> str:
        """What readers call those who answered a survey: fictitious operators, if simulated."""
        return texts.read("survey")["respondents"][labels.basis(self.edition.declaration)]

    def protected(self, frame: pd.DataFrame | pd.Series):
        """Return a frame that may be drawn and cited: an open edition gets its frame back.

        In a confidential edition cells of too few operators, and those that would give them away,
        are missing, and their rows come last: a place would tell a value.

        Parameters
        ----------
        frame : DataFrame or Series
            Columns k and n (so many of so many operators), its index the name of what is counted;
            or k alone, for groups that share out the operators.

        Raises
        ------
        ValueError
            If the frame does not say what its rows rest on.
        """
        if not protect.current_policy().confidential:
            return frame
        table = frame.to_frame() if isinstance(frame, pd.Series) else frame
        name = table.index.name or "row"
        rows = table.rename_axis(name).reset_index()
        safe = protect.protected(rows, len(self.operators)).set_index(name)
        return safe["k"] if isinstance(frame, pd.Series) else safe

    def figure(self, chart: Chart, name: str, *, title: str, reading: str, **options):
        """Show a chart with its texts, its data and an alternative text made from them.

        Parameters
        ----------
        chart : Chart
            From `helpers.charts`.
        name : str
            Slug, unique in the notebook.
        title : str
            The finding, as a sentence; may hold ``{{ value | filter }}``, as all texts may.
        reading : str
            How to read one mark of the chart.
        subtitle, scope, source, alt : str, optional
            What is drawn; who is counted; where data come from, or a name of the ``sources`` of
            ``texts/labels.yml``; the alternative text. By default
            the chart's axes, the population, the edition's source, and form, axes and reading.
        columns : dict of str to str, optional
            Headings of columns of the chart's data: see `table`.
        respondents : bool, optional
            False if the data are about no operator: a confidential edition asks for columns k and
            n, or for this.

        Returns
        -------
        Display

        Raises
        ------
        ValueError
            If the drawing is not that of the chart's table, or a text is missing.
        """
        try:
            check_drawn(chart)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        subtitle = options.pop("subtitle", chart.axes)
        lower = chart.axes[:1].lower() + chart.axes[1:]
        alt = options.pop("alt", f"{chart.form} : {lower.rstrip('.')}. {_sentence(reading)}")
        columns = options.pop("columns", None)
        headings, formats, base = self._headings(chart.data, columns, chart.formats)
        return figures.figure(
            chart.drawing,
            name=name,
            alt=say(alt),
            caption=say(title),
            subtitle=say(subtitle),
            reading=say(reading),
            **self._notes(options),
            data=headings,
            formats=formats,
            base=base,
            **options,
        )

    def table(self, frame: pd.DataFrame, name: str, *, title: str, **options):
        """Show a table: columns that the study knows get their French heading and format.

        Parameters
        ----------
        frame : DataFrame
            Rows in the order of the argument; a named index is the first column.
        name : str
            Slug, unique in the notebook.
        title : str
            The finding, as a sentence.
        columns : dict of str to str, optional
            Headings of columns that ``texts/labels.yml`` does not name, or other ones.
        formats : dict of str to str, optional
            Formats of columns, by their name in the frame.
        reading, scope, source, respondents : optional
            As in `figure`.

        Returns
        -------
        Display
        """
        given = options.pop("columns", None), options.pop("formats", None)
        rows, formats, base = self._headings(frame, *given)
        if "reading" in options:
            options["reading"] = say(options["reading"])
        notes = self._notes(options)
        return figures.table(
            rows, name=name, caption=say(title), formats=formats, base=base, **notes, **options
        )

    def _notes(self, options: dict) -> dict:
        """Take scope and source out of the options of a figure or a table."""
        declaration = self.edition.declaration
        source = options.pop("source", labels.source(declaration))
        source = texts.read("labels")["sources"].get(source, source)
        scope = options.pop("scope", None)
        if scope is None:
            usual, own = texts.read("labels")["scope"], texts.read("survey")["scope"]
            counted = own.get(labels.basis(declaration), usual)
            scope = f"{len(self.profiles.operators)} {counted}"
        return {"scope": say(scope), "source": say(source)}

    def _headings(self, frame, columns, formats):
        """Return a frame with French headings, the format of each, and the heading of each name."""
        known = texts.read("labels")["columns"]
        if self.edition.declaration.survey:
            known = known | texts.read("survey")["columns"]
        if isinstance(frame, pd.Series):
            frame = frame.to_frame(frame.name or "value")
        rows = frame.reset_index() if any(frame.index.names) else frame.reset_index(drop=True)
        rows = rows.rename(columns=str)
        headings = {name: heading for name, (heading, _) in known.items()}
        headings |= self._own_headings | (columns or {})
        styles = {name: style for name, (_, style) in known.items() if style} | (formats or {})
        found = {headings.get(c, c): styles[c] for c in rows.columns if c in styles}
        return rows.rename(columns=headings), found, {c: headings.get(c, c) for c in rows.columns}


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:]
