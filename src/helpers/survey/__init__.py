"""An edition that is a survey: its mapping, its export, and what the notebooks need of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

import survey_reader
from claimbook.edition import PLANTED, read_declaration
from claimbook.errors import DataError
from claimbook.tables import sha256
from helpers import territory
from helpers.sources import descriptor
from helpers.survey.published import compare
from helpers.survey.tables import study_errors, tidy_tables

MAPPING = "mapping.yml"
# Questions whose answers the notebooks read as numbers.
SCALES = ("demand",)


def clean_survey(root: Path, edition: str) -> dict[str, pd.DataFrame]:
    """Return the tidy tables of a survey's edition.

    Parameters
    ----------
    root : Path
        Root of the project; ``data/raw/<edition>`` holds ``mapping.yml`` and its export.
    edition : str

    Raises
    ------
    UserError
        If a raw file is not the one that the data package describes, the mapping cannot be meant,
        the export holds something undeclared, or it lacks what the notebooks need.
    """
    folder, name = root / "data" / "raw" / edition, f"data/raw/{edition}"
    _check_described(root, edition)
    with study_errors():
        mapping = survey_reader.read_mapping(folder / MAPPING, f"{name}/{MAPPING}")
        survey, tables = _read(
            root, folder / mapping.survey.file, mapping, f"{name}/{mapping.survey.file}"
        )
        survey.check()
        return tables


def inspect_export(root: Path, path: Path, mapping_path: Path | None = None) -> tuple[str, bool]:
    """Return what an export holds, as text, and whether a build could be made of it.

    Parameters
    ----------
    root : Path
        Root of the project, for the list of départements.
    path : Path
        Export; nothing is written.
    mapping_path : Path, optional
        Its mapping; by default ``mapping.yml`` beside it.

    Raises
    ------
    UserError
        If the mapping cannot be meant, or the file cannot be read at all.
    """
    mapping_path = mapping_path or path.parent / MAPPING
    with study_errors():
        mapping = survey_reader.read_mapping(mapping_path, mapping_path.as_posix())
        survey, tables = _read(root, path, mapping, path.as_posix())
        declared, compared = read_declaration(mapping_path.parent), ""
        if declared.confidential and not survey.problems:
            year = mapping.survey.year
            compared, error = compare(root, tables["answers"], declared.threshold, year)
            survey.problems += [error] if error else []
        other = mapping.survey.file != path.name
        note = f"A build reads '{mapping.survey.file}': see 'file' in the mapping." if other else ""
        text = "\n".join(filter(None, (survey_reader.inspect(survey), note, compared)))
        return text, not survey.problems


def _read(root, path, mapping, name) -> tuple[survey_reader.Survey, dict[str, pd.DataFrame]]:
    """Return a survey with its problems, and its tidy tables, which are empty if it has any."""
    # Imported here because the statistics take seconds to load.
    from helpers.survey import needs

    departements = territory.departements(root)
    codes = zip(departements["code"], departements["name"], strict=True)
    survey, tables = survey_reader.read_survey(path, mapping, codes, name, SCALES), {}
    found = list(needs.lacking(survey))
    if not found and not survey.problems:
        tables = tidy_tables(survey, departements)
        found = list(needs.failing(tables))
    survey.problems += [
        survey_reader.DataError(name, f"the notebooks need {problem}", remedy)
        for problem, remedy in found
    ]
    return survey, tables


def _check_described(root: Path, edition: str) -> None:
    """Check the raw files of an edition that the data package describes by their hash."""
    for resource in descriptor(root)["resources"]:
        if not resource["path"].startswith(f"raw/{edition}/") or "hash" not in resource:
            continue
        name = f"data/{resource['path']}"
        try:
            digest = sha256((root / name).read_bytes())
        except OSError as error:
            remedy = "put the file back, or take it out of data/datapackage.json"
            raise DataError(name, f"the file cannot be read ({error.strerror})", remedy) from None
        if resource["hash"] != f"sha256:{digest}":
            problem = "its content changed: it is not the file that data/datapackage.json describes"
            command = f"python -m helpers prepare --edition {edition}"
            remedy = f"put the file back or, if it is meant, run '{command}'"
            raise DataError(name, problem, remedy)


def planted_classes(raw_dir: Path, operators: Iterable[str]) -> pd.DataFrame:
    """Return the classes from which the answers of a simulated survey were drawn.

    Parameters
    ----------
    raw_dir : Path
        Folder of the edition's raw files.
    operators : iterable of str
        Operators that answered.

    Returns
    -------
    DataFrame
        operator, class; no row where nothing was planted.
    """
    columns, path = ["operator", "class"], raw_dir / PLANTED
    if not path.is_file():
        return pd.DataFrame([], columns=columns, dtype=object)
    found = pd.read_csv(path, dtype=str, keep_default_na=False)
    return found.loc[found["operator"].isin(set(operators)), columns].reset_index(drop=True)
