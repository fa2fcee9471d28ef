"""Where the files of an edition of this study are."""

from __future__ import annotations

from pathlib import Path

from claimbook.build.layout import Chapter, Layout
from helpers import __version__
from helpers.paths import project_root

#: The notebook that runs once per operator.
TEMPLATE = "10_operator_sheet"
#: Name of the collection for readers.
TITLE = "Étude des opérateurs publics de services numériques"
SYNTHESIS = "00_synthesis"
TERRITORIES = "territories"


class StudyLayout(Layout):
    """Paths of an edition of this study."""

    @property
    def template(self) -> Chapter:
        """The notebook that runs once per operator."""
        return Chapter(self.root / "notebooks" / f"{TEMPLATE}.ipynb")

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
    def classes(self) -> Path:
        """Class of each operator."""
        return self.processed / "classes.csv"

    def cleaned_tables(self) -> dict:
        """Return every tidy table by name, operators under their own names."""
        from helpers.prepare import cleaned_tables

        return cleaned_tables(self.root, self.edition, self.declaration)

    def code_labels(self) -> dict[str, str]:
        """Return what readers call the families of services."""
        from helpers.cleaning import FAMILIES

        return dict(FAMILIES)


def layout_of(edition: str, root: Path | None = None) -> StudyLayout:
    """Return where the files of an edition are."""
    return StudyLayout(
        root or project_root(),
        edition,
        package=("opsn-study", __version__),
        title=TITLE,
        shared=TERRITORIES,
        templates=(TEMPLATE,),
    )
