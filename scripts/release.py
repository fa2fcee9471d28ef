"""Put the built reports together for readers: a site, then a ZIP to keep and cite.

    python scripts/release.py site      dist/site: every edition and a page that leads to them
    python scripts/release.py zip       dist/…zip: the site, the tidy tables, checksums, RO-Crate
    python scripts/release.py zenodo    .zenodo.json, from CITATION.cff

The ZIP holds the same bytes whenever and wherever it is made from the same site and tables.
"""

import hashlib
import json
import shutil
import sys
import zipfile
from pathlib import Path

import yaml

from claimbook.page import render_page
from helpers.layout import StudyLayout, layout_of

ROOT = Path(__file__).resolve().parent.parent
EDITIONS = {
    "public-2026": "La base de preuves publiques : ce que disent des pages publiques.",
    "survey-simulated": "Une enquête simulée, pour essayer la méthode : aucun de ses chiffres ne "
    "décrit un opérateur réel.",
}
DOCUMENTS = ("CITATION.cff", "LICENSE", "references.bib")
CHECKSUMS, CRATE = "SHA256SUMS", "ro-crate-metadata.json"
OPEN_LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"


def citation():
    """Return what CITATION.cff says."""
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def make_site(folder, layouts):
    """Write the site: reports of each edition in a folder of its name, and the first page."""
    shutil.rmtree(folder, ignore_errors=True)
    items = []
    for layout in layouts:
        index = layout.named("index")
        if not (layout.reports / index).is_file():
            sys.exit(f"error: {layout.edition} is not built. Run: make site")
        shutil.copytree(layout.reports, folder / layout.edition)
        link = f'<a href="{layout.edition}/{index}">Édition {layout.edition}</a>'
        items.append(f"<li>{link}. {EDITIONS.get(layout.edition, '')}</li>")
    body = f"<p>Les rapports de l’étude, par édition.</p><ul>{''.join(items)}</ul>"
    page = render_page(StudyLayout.title, body, {"home_title": StudyLayout.title})
    (folder / "index.html").write_text(page, encoding="utf-8")


def crate(files, cff):
    """Return the RO-Crate 1.1 metadata of files, a dict of name to content."""
    authors = [
        {"@id": f"#author-{n}", "@type": "Organization", "name": author["name"]}
        for n, author in enumerate(cff["authors"], start=1)
    ]
    kinds = {".html": "text/html", ".csv": "text/csv", ".json": "application/json"}
    kinds[".xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    parts = [
        {
            "@id": name,
            "@type": "File",
            "name": name.rpartition("/")[2],
            "encodingFormat": kinds.get(Path(name).suffix, "text/plain"),
            "contentSize": str(len(content)),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for name, content in files.items()
    ]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": cff["title"],
        "description": cff["abstract"],
        "version": cff["version"],
        "datePublished": str(cff["date-released"]),
        "license": {"@id": OPEN_LICENCE},
        "author": [{"@id": author["@id"]} for author in authors],
        "keywords": ", ".join(cff["keywords"]),
        "hasPart": [{"@id": part["@id"]} for part in parts],
    }
    about = {
        "@id": CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    licence = {"@id": OPEN_LICENCE, "@type": "CreativeWork", "name": "Licence Ouverte 2.0"}
    graph = [about, root, licence, *authors, *parts]
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}


def release_files(site, layouts):
    """Return name and content of all that the ZIP holds, but its metadata and checksums.

    Of a confidential edition it holds the reports, which were checked, and no table.
    """
    files = {name: (ROOT / name).read_bytes() for name in DOCUMENTS}
    for path in filter(Path.is_file, site.rglob("*")):
        files[f"site/{path.relative_to(site).as_posix()}"] = path.read_bytes()
    for layout in (one for one in layouts if not one.declaration.confidential):
        # A workbook stands in the site.
        for path in (p for p in layout.processed.glob("*.*") if p.suffix != ".xlsx"):
            files[f"tables/{layout.edition}/{path.name}"] = path.read_bytes()
    return dict(sorted(files.items()))


def make_zip(folder, site, layouts):
    """Write the ZIP with its metadata and checksums, and the checksum of the ZIP."""
    cff = citation()
    files = release_files(site, layouts)
    files[CRATE] = json.dumps(crate(files, cff), ensure_ascii=False, indent=1).encode()
    sums = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    files[CHECKSUMS] = "".join(sums).encode()
    name = f"opsn-study-{cff['version']}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.zip"
    date = cff["date-released"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for inside, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{name}/{inside}", (date.year, date.month, date.day, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / CHECKSUMS).write_text(f"{digest}  {path.name}\n", encoding="utf-8")
    return path


def zenodo(cff):
    """Return the metadata of a deposit on Zenodo, as text."""
    deposit = {
        "title": cff["title"],
        "description": cff["abstract"],
        "upload_type": cff["type"],
        "version": cff["version"],
        "publication_date": str(cff["date-released"]),
        "creators": [{"name": author["name"]} for author in cff["authors"]],
        "keywords": cff["keywords"],
        "license": cff["license"],
        "language": "fra",
    }
    return json.dumps(deposit, ensure_ascii=False, indent=2) + "\n"


def main(asked):
    """Do what is asked for."""
    layouts = [layout_of(edition, ROOT) for edition in EDITIONS]
    dist = ROOT / "dist"
    if asked == "site":
        make_site(dist / "site", layouts)
        print("The site: dist/site/index.html")
    elif asked == "zip":
        print(f"The release: {make_zip(dist, dist / 'site', layouts).relative_to(ROOT)}")
    elif asked == "zenodo":
        (ROOT / ".zenodo.json").write_text(zenodo(citation()), encoding="utf-8")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1] if sys.argv[1:] else "")
