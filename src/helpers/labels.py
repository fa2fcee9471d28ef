"""Texts of reports that depend on what an edition rests on."""

from __future__ import annotations

from claimbook.edition import Declaration
from helpers import texts


def _basis(declaration: Declaration) -> str:
    if declaration.simulated:
        return "simulated"
    return "survey" if declaration.survey else "evidence"


def lead(declaration: Declaration) -> str:
    """Return what the index of an edition says the collection is made of, as Markdown."""
    about = texts.read("editions")
    return f"{about['collection']}\n\n{about['lead'][_basis(declaration)]}"


def source(declaration: Declaration) -> str:
    """Return the source of figures and tables that are computed from an edition's own data."""
    return texts.read("editions")["source"][_basis(declaration)]
