"""Command line of the study: ``python -m helpers --help``."""

from __future__ import annotations

import argparse
import codecs
import os
import sys
from pathlib import Path

from claimbook.edition import INTERNAL, base_name
from claimbook.errors import UserError
from helpers import texts
from helpers.build import build
from helpers.layout import layout_of
from helpers.paths import project_root


def _from_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from 1")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line: see ``texts/commands.yml``."""
    top = argparse.ArgumentParser(
        prog="python -m helpers", description="Build and check the reports of the study."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (about, arguments) in texts.read("commands").items():
        command = commands.add_parser(name, help=about, description=about)
        command.register("type", "path", Path)
        command.register("type", "from one", _from_one)
        for argument, options in arguments.items():
            command.add_argument(argument, **options)
    return top


def reports(options) -> int:
    """Build the reports."""
    name = f"{base_name(options.edition)}{INTERNAL}" if options.internal else options.edition
    layout = layout_of(name)
    given = {name: getattr(options, name) for name in ("workers", "explain", "force")}
    code = build(layout, **given)[0]
    if code == 0 and not options.explain:
        if layout.protected:
            print(layout.disclosure_record.read_text(encoding="utf-8"), end="")
        where = layout.reports / layout.named("index")
        print(f"Open {where.relative_to(layout.root).as_posix()}")
    return code


def prepare(options) -> int:
    """Describe changed raw files anew and write the tidy tables; a refused file stays as it was."""
    from claimbook.tables import replace_text
    from helpers.sources import describe

    package = project_root() / "data" / "datapackage.json"
    described = package.read_text(encoding="utf-8") if package.is_file() else ""
    changed = describe(project_root())
    code = build(layout_of(options.edition), only_tables=True, quiet=True)[0]
    if code:
        replace_text(package, described)
    for path in () if code else changed:
        print(f"{path} changed: data/datapackage.json now describes it as it is.")
    return code


def inspect(options) -> int:
    """Print what is recognised in an export: 0 if it could be built, 2 if not."""
    from helpers.survey import inspect_export

    text, ready = inspect_export(project_root(), options.file, options.mapping)
    print(text, end="")
    return 0 if ready else 2


def baseline(options) -> int:
    """Build, show what changed, and accept it."""
    from helpers.acceptance import accept

    return accept(layout_of(options.edition))


def print_forms(options) -> int:
    """Build, then make the print and office forms."""
    from claimbook.build.acceptance import print_forms as make

    layout = layout_of(options.edition)
    code, _ = build(layout)
    return code or make(layout, "00_synthesis")


def changes(options) -> int:
    """Print what changed between two sets of claims."""
    from claimbook.build.acceptance import print_changes

    return print_changes(layout_of, project_root(), options.old, options.new)


def match(options) -> int:
    """Match the operators of two editions; 1 if a pair is left to decide."""
    from helpers.acceptance import print_match

    layouts = [layout_of(base_name(name)) for name in (options.old, options.new)]
    for layout in layouts:
        layout.check()
    return print_match(*layouts, write=options.write)


def disclosure(options) -> int:
    """Print what exported files give away; 1 if anything."""
    from claimbook.build.confidential import print_disclosure

    edition = base_name(options.edition or options.folder.resolve().name)
    return print_disclosure(layout_of(edition), options.folder)


def verify(options) -> int:
    """Re-run a report's notebook and compare: 0 identical, 1 within tolerance, 2 different."""
    from claimbook.build.acceptance import verify_report
    from helpers.acceptance import rebuild

    return verify_report(options.report, rebuild)


def _every_notebook() -> list[Path]:
    """Return the notebooks that have a number; ``Untitled.ipynb`` is a draft."""
    return sorted((project_root() / "notebooks").rglob("[0-9]*.ipynb"))


def tidy(options) -> int:
    """Tidy notebooks and name those that changed."""
    from claimbook.tidy import tidy_file

    for path in options.notebooks or _every_notebook():
        if tidy_file(path):
            print(f"{path.name}: tidied")
    return 0


def lint(options) -> int:
    """Print the findings of the notebook lint; 1 if any is more than advice."""
    from claimbook.lint import House, counts, lint_notebook

    packages = ("helpers", "claimbook", "survey_reader")
    survey = House(packages, ("survey",))
    public = House(packages, ("survey", "simulated", "confidential"))
    n_findings = 0
    for path in options.notebooks or _every_notebook():
        house = survey if path.resolve().parent.name == "survey" else public
        findings = lint_notebook(path, house=house)
        n_findings += sum(not finding.advice for finding in findings)
        print(*findings, sep="\n", end="\n" if findings else "")
        if options.counts:
            print(f"{path.name}: {counts(path)}")
    return 1 if n_findings else 0


_FUNCTIONS = (reports, prepare, inspect, baseline, changes, match, disclosure, verify, lint, tidy)
COMMANDS = {"print": print_forms} | {function.__name__: function for function in _FUNCTIONS}


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code; a mistake of the user's is one line and 2."""
    options = parser().parse_args(arguments)
    try:
        return COMMANDS[options.command](options)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "Interrupted: what was finished is kept; run the same command again to go on.",
            file=sys.stderr,
            flush=True,
        )
        # Without waiting for notebooks that run: their kernels end with this process.
        os._exit(130)


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Return what stands for characters that a terminal does not know."""
    from claimbook.french import unaccented

    unknown = error.object[error.start : error.end]
    return unaccented(unknown) or "?", error.end


if __name__ == "__main__":
    codecs.register_error("plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="plain")
    sys.exit(main())
