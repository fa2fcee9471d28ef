"""Where the files of an edition of this study are, and its tidy tables."""

from __future__ import annotations

import sys
from pathlib import Path

from claimbook.build.layout import Chapter, Layout
from claimbook.errors import UserError
from claimbook.protect.policy import policy_of, set_policy
from claimbook.protect.pseudonyms import hide_operators, pseudonym_key, read_roles
from claimbook.tables import replace_text, sha256, write_tables
from helpers import __version__, territory, texts
from helpers.paths import project_root

DEFAULT_EDITION = "public-2026"
#: The notebook that shows the sheet of one operator, and the one that may give it a type.
TEMPLATE, TYPOLOGY = "10_operator_sheet", "04_typology"
#: File beside the tidy tables: a hash of the raw ones.
RAW_HASH = "raw.sha256"
#: Tables that cleaning writes; what public evidence, and what a survey, has beside them.
CLEAN_TABLES, EVIDENCE_TABLES, SURVEY_TABLES = (
    tuple(texts.read("tables")[group]) for group in ("every", "evidence", "survey")
)


class StudyLayout(Layout):
    """Paths of an edition of this study."""

    package = ("opsn-study", __version__)
    title = "Étude des opérateurs publics de services numériques"
    shared = "territories"
    templates = (TEMPLATE,)

    @property
    def notebooks(self) -> Path:
        """Folder of the edition's notebooks: surveys have their own."""
        folder = self.root / "notebooks"
        return folder / "survey" if self.declaration.survey else folder

    @property
    def template(self) -> Chapter:
        """The notebook that shows the sheet of one operator."""
        return Chapter(self.notebooks / f"{TEMPLATE}.ipynb")

    @property
    def has_sheets(self) -> bool:
        """Whether the edition has a sheet for each operator.

        A confidential edition must not tell what one operator answered. In a survey operators
        answered for themselves: there are no pages to show as evidence.
        """
        declared = self.declaration
        return not (declared.confidential or declared.survey) and self.template.path.is_file()

    @property
    def sheet_table(self) -> Path:
        """Table of all sheets, as it is made."""
        return self.pages / "operators" / "operators.csv"

    @property
    def disclosure_record(self) -> Path:
        """What the check of a confidential edition's pages found."""
        return self.cache / "disclosure" / f"{self.edition}.txt"

    @property
    def clean_tables(self) -> tuple[str, ...]:
        """Names of the tidy tables that cleaning writes."""
        own = SURVEY_TABLES if self.declaration.survey else EVIDENCE_TABLES
        return (*CLEAN_TABLES, *own)

    def cleaned_tables(self) -> dict:
        """Return every tidy table by name, operators under their own names.

        Raises
        ------
        DataError
            If a raw table is not as its schema says, or an export not as its mapping says.
        """
        # Where files are must be known without what cleans them.
        from helpers import survey
        from helpers.cleaning import clean
        from helpers.sources import check_tables, read_raw

        name = self.raw.name
        if self.declaration.survey:
            tables = survey.clean_survey(self.root, name)
            names = tables["operators"]["operator"]
            return tables | {"planted": survey.planted_classes(self.raw, names)}
        raw = read_raw(self)
        check_tables(self.root, self.shared)
        return clean(raw, territory.departements(self.root))

    def compare_published(self, tables: dict) -> tuple[str, UserError | None]:
        """Return what a survey was compared with, and an error if it is too close to it."""
        from helpers.survey.published import compare

        year = int(tables["statements"]["year"].max())
        return compare(self.root, tables["answers"], self.declaration.threshold, year)

    def reader_words(self, tables: dict) -> tuple[dict[str, str], list[str]]:
        """Return what readers call services, territories, questions and answers; territories."""
        from helpers.cleaning import FAMILIES

        services = tables["services"]
        labels = FAMILIES | dict(zip(services["service_code"], services["label_fr"], strict=True))
        labels |= dict(zip(services["family_code"], services["family_fr"], strict=True))
        places = {}
        departements, regions = territory.departements(self.root), territory.regions(self.root)
        for kind, names in (("departement", departements), ("region", regions)):
            for variable in (kind, f"{kind}s"):
                places |= zip(variable + ":" + names["code"], names["name"], strict=True)
        labels |= places
        if "questions" in tables:
            options = tables["options"]
            codes = options["variable"] + ":" + options["code"]
            labels |= zip(codes, options["label"], strict=True)
            for row in tables["questions"].fillna("").to_dict("records"):
                variable = f"{row['variable']}:{row['item']}".rstrip(":")
                labels[variable] = row["item_label"] or row["question"]
        return labels, sorted(set(places.values()))


def layout_of(edition: str, root: Path | None = None) -> StudyLayout:
    """Return where the files of an edition are."""
    return StudyLayout(root or project_root(), edition)


def open_edition(name: str = DEFAULT_EDITION, root: Path | None = None) -> StudyLayout:
    """Return where an edition is, and set the protection that it asks for in the notebook.

    Raises
    ------
    UserError
        If ``data/raw`` has no folder of that name, or if it names the internal view of an open
        edition.
    """
    layout = layout_of(name, root)
    layout.check()
    set_policy(policy_of(name, layout.declaration))
    return layout


def write_tidy(layout: StudyLayout) -> None:
    """Check and clean the raw tables, then write every tidy table: all or none."""
    tables = layout.cleaned_tables()
    if layout.declaration.confidential:
        error = layout.compare_published(tables)[1]
        if error and not layout.internal:
            raise error
        roles, key = read_roles(), pseudonym_key(layout.raw)
        tables = hide_operators(tables, roles, key, internal=layout.internal)
    write_tables(layout.processed, tables)
    replace_text(layout.processed / RAW_HASH, _raw_hash(layout))


def is_stale(layout: StudyLayout) -> bool:
    """Tell whether raw tables are others than those from which the tidy ones were written."""
    # A notebook that asks does not depend on every raw table.
    sys.audit("claimbook.pause", True)
    try:
        written = layout.processed / RAW_HASH
        return written.is_file() and written.read_text("utf-8") != _raw_hash(layout)
    finally:
        sys.audit("claimbook.pause", False)


def _raw_hash(layout: StudyLayout) -> str:
    return sha256("".join(sha256(path.read_bytes()) for path in layout.raw_tables))
