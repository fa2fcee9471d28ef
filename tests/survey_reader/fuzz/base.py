"""What is mutated: a small survey whose clean answers are known, and a small copy of the public evidence."""

from __future__ import annotations

import csv
import importlib
import io
import json
import re
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pandas as pd

from claimbook.tables import read_table
from helpers.layout import StudyLayout, layout_of
from helpers.prepare import write_tidy
from survey_reader import needed

ROOT = Path(__file__).resolve().parents[3]
RAW = ROOT / "data" / "raw"
SERVICES = ("conseil_amo", "sig", "cybersecurite")
OPERATORS = 8
SURVEY, EVIDENCE = "survey-small", "evidence-small"
# What the tables say, without the record of how it came about.
_INLINE = re.compile(rb'(<c [^>]*?)t="inlineStr"><is>(.*?)</is></c>', re.DOTALL)
LEDGERS = ("changes", "fates", "balance")


def generator(name: str = "simulate_survey"):
    """Return a module of the scripts by which the simulated survey was made."""
    folder = str(ROOT / "scripts")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module(name)


@dataclass
class Project:
    """A project of its own, with one small edition.

    Attributes
    ----------
    layout : StudyLayout
    files : dict of str to bytes
        The raw files that may be mutated, by name.
    tables : dict of str to DataFrame
        Tidy tables of the untouched files.
    """

    layout: StudyLayout
    files: dict[str, bytes]
    tables: dict[str, pd.DataFrame]

    def run(self, file: str, content: bytes) -> dict[str, pd.DataFrame]:
        """Clean the edition with one file replaced; return its tidy tables as a notebook would read them.

        Raises
        ------
        UserError
            If the file is refused.
        """
        path = self.layout.raw / file
        path.write_bytes(content)
        try:
            clean_few(self.layout)
        finally:
            path.write_bytes(self.files.get(file, b""))
        return {name: read_table(self.layout.processed, name) for name in self.tables}

    @property
    def leftovers(self) -> list[Path]:
        """What stands in the folder of the tidy tables."""
        return sorted(self.layout.processed.rglob("*")) if self.layout.processed.is_dir() else []

    def snapshot(self) -> dict[Path, tuple[int, int]]:
        """Return what tells whether a file in the folder of the tidy tables was touched."""
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in self.leftovers}

    def tidy_up(self) -> None:
        """Delete the tidy tables."""
        for path in reversed(self.leftovers):
            path.unlink()


def small_survey(root: Path, file: str = "reponses.xlsx") -> Project:
    """Return a project with a small simulated survey, whose build reads the workbook or the text file."""
    script = generator()
    services = script.labels(RAW / "public-2026" / "services.csv", "service_code", "label_fr")
    departements = script.labels(RAW / "territories" / "departements.csv", "code", "name")
    few = {code: label for code, label in services.items() if code in SERVICES}
    simulation = script.simulate(few, departements, n=OPERATORS, special=False)
    folder = root / "data" / "raw" / SURVEY
    folder.mkdir(parents=True)
    _territories(root)
    (root / "data" / "datapackage.json").write_text(json.dumps(_described([])), encoding="utf-8")
    workbook = with_shared_strings(script.workbook_bytes(simulation))
    files = {"reponses.xlsx": workbook, "reponses.csv": script.csv_bytes(simulation)}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    with (RAW / "public-2026" / "services.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    _write_csv(folder / "services.csv", [row for row in rows if row["service_code"] in SERVICES])
    mapping = (RAW / "survey-simulated" / "mapping.yml").read_text(encoding="utf-8")
    mapping = mapping[: mapping.index("corrections:")].replace(
        "file: reponses.xlsx", f"file: {file}"
    )
    (folder / "mapping.yml").write_text(mapping, encoding="utf-8")
    files["mapping.yml"] = mapping.encode("utf-8")
    (folder / "edition.yml").write_text("kind: survey\nsimulated: true\n", encoding="utf-8")
    return _ready(root, SURVEY, {name: files[name] for name in (file, "mapping.yml")})


def with_shared_strings(content: bytes) -> bytes:
    """Return a workbook whose texts stand in one document of their own, as spreadsheet programs write them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        documents = {part.filename: archive.read(part) for part in archive.infolist()}
    texts: dict[bytes, int] = {}

    def number(found: re.Match) -> bytes:
        place = texts.setdefault(found[2], len(texts))
        return found[1] + b't="s"><v>%d</v></c>' % place

    for name in [name for name in documents if name.startswith("xl/worksheets/sheet")]:
        documents[name] = _INLINE.sub(number, documents[name])
    space = b"http://schemas.openxmlformats.org"
    strings = b"".join(b"<si>%s</si>" % text for text in texts)
    documents["xl/sharedStrings.xml"] = b'<sst xmlns="%s/spreadsheetml/2006/main">%s</sst>' % (
        space,
        strings,
    )
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types, relations = documents["[Content_Types].xml"], documents["xl/_rels/workbook.xml.rels"]
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % kind
    documents["[Content_Types].xml"] = types.replace(b"</Types>", override)
    relation = (
        b'<Relationship Id="rIdS" Type="%s/officeDocument/2006/relationships/sharedStrings" '
        % space
    )
    relation += b'Target="sharedStrings.xml"/></Relationships>'
    documents["xl/_rels/workbook.xml.rels"] = relations.replace(b"</Relationships>", relation)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in documents.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data)
    return target.getvalue()


def small_evidence(root: Path) -> Project:
    """Return a project with a few operators of the public evidence, described without hashes."""
    folder = root / "data" / "raw" / EVIDENCE
    folder.mkdir(parents=True)
    _territories(root)
    tables = {path.stem: _rows(path) for path in sorted((RAW / "public-2026").glob("*.csv"))}
    names = [
        *sorted({row["opsn_name"] for row in tables["second_reading"]})[:3],
        "ARNia",
        "Mégalis Bretagne",
    ]
    for name, rows in tables.items():
        if name == "cooperation":
            rows = [
                row for row in rows if row["source_name"] in names or row["target_name"] in names
            ]
        elif name == "published_figures":
            rows = rows[:12]
        elif name != "services":
            rows = [row for row in rows if row["opsn_name"] in names]
        _write_csv(folder / f"{name}.csv", rows, "\r\n" if name == "second_reading" else "\n")
    resources = [r for r in _package()["resources"] if r["path"].startswith("raw/public-2026/")]
    described = [r | {"path": r["path"].replace("public-2026", EVIDENCE)} for r in resources]
    (root / "data" / "datapackage.json").write_text(
        json.dumps(_described(described)), encoding="utf-8"
    )
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}
    return _ready(root, EVIDENCE, files)


def clean_few(layout: StudyLayout) -> None:
    """Clean an edition as a build does, but with fewer operators than notebooks need: small files are read faster."""
    with mock.patch.multiple(needed, FEWEST_OPERATORS=0, FEWEST_ANSWERS=0):
        write_tidy(layout)


def _ready(root: Path, edition: str, files: dict[str, bytes]) -> Project:
    layout = layout_of(edition, root)
    clean_few(layout)
    names = sorted(path.stem for path in layout.processed.glob("*.csv"))
    project = Project(layout, files, {name: read_table(layout.processed, name) for name in names})
    project.tidy_up()
    return project


def _package() -> dict:
    return json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))


def _described(resources: list[dict]) -> dict:
    territories = [
        r
        for r in _package()["resources"]
        if r["path"].startswith("raw/territories/") and "schema" in r
    ]
    kept = [
        {k: v for k, v in r.items() if k not in ("hash", "bytes", "rows")}
        for r in [*resources, *territories]
    ]
    return _package() | {"resources": kept}


def _territories(root: Path) -> None:
    """Write the territories with the communes alone at which other tables point."""
    target = root / "data" / "raw" / "territories"
    target.mkdir(parents=True)
    tables = {
        name: _rows(RAW / "territories" / f"{name}.csv")
        for name in ("communes", "departements", "regions")
    }
    wanted = {row["chef_lieu"] for name in ("departements", "regions") for row in tables[name]}
    tables["communes"] = [row for row in tables["communes"] if row["code"] in wanted]
    for name, rows in tables.items():
        _write_csv(target / f"{name}.csv", rows)


def _rows(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write_csv(path: Path, rows: list[dict], line_end: str = "\n") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator=line_end)
        writer.writeheader()
        writer.writerows(rows)
