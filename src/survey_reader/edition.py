"""An edition that is a survey: its mapping, its export and its tidy tables."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd

from claimbook.errors import DataError
from survey_reader.declared import FILE, read_mapping
from survey_reader.inspection import inspection
from survey_reader.needed import lacking
from survey_reader.reading import read_survey
from survey_reader.tidy import tidy_tables


def clean_survey(root: Path, edition: str) -> dict[str, pd.DataFrame]:
    """Return the tidy tables of a survey's edition.

    Parameters
    ----------
    root : Path
        Root of the project; ``data/raw/<edition>`` holds ``mapping.yml`` and the export that it names.
    edition : str

    Raises
    ------
    DataError
        If a raw file is not the one that the data package describes, the mapping cannot be meant, the export holds
        something that the mapping does not declare, or it lacks what the notebooks need.
    """
    folder, name = root / "data" / "raw" / edition, f"data/raw/{edition}"
    check_described(root, edition)
    mapping = read_mapping(folder / FILE, f"{name}/{FILE}")
    departements = read_departements(root)
    codes = zip(departements["code"], departements["name"], strict=True)
    survey = read_survey(folder / mapping.file, mapping, codes, f"{name}/{mapping.file}")
    survey.problems += lacking(survey)
    return tidy_tables(survey, departements)


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
    DataError
        If the mapping cannot be meant, or the file cannot be read at all.
    """
    mapping_path = mapping_path or path.parent / FILE
    mapping = read_mapping(mapping_path, mapping_path.as_posix())
    departements = read_departements(root)
    codes = zip(departements["code"], departements["name"], strict=True)
    survey = read_survey(path, mapping, codes, path.as_posix())
    survey.problems += lacking(survey)
    return inspection(survey), not survey.problems


def read_departements(root: Path) -> pd.DataFrame:
    """Return the départements as text: code, name, region, chef_lieu."""
    path = root / "data" / "raw" / "territories" / "departements.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def check_described(root: Path, edition: str) -> None:
    """Check that the raw files of an edition that the data package describes are those that it describes.

    A file that it does not describe yet is no fault: somebody is at work on a new edition.

    Raises
    ------
    DataError
        If a file is missing or its content changed.
    """
    package = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if not resource["path"].startswith(f"raw/{edition}/") or "hash" not in resource:
            continue
        path = root / "data" / resource["path"]
        try:
            content = path.read_bytes()
        except OSError as error:
            remedy = "put the file back, or take it out of data/datapackage.json"
            raise DataError(
                f"data/{resource['path']}", f"the file cannot be read ({error.strerror})", remedy
            ) from None
        if resource["hash"] != f"sha256:{hashlib.sha256(content).hexdigest()}":
            problem = (
                "the file is not the one that data/datapackage.json describes (its content changed)"
            )
            remedy = "put the described file back or, if the change is meant, run 'python scripts/describe_data.py'"
            raise DataError(f"data/{resource['path']}", problem, remedy)
