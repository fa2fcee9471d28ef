"""Feed mutated files to the cleaning, and see that each is refused in one clear sentence or cleaned rightly.

``python -m tests.survey_reader.fuzz.run 10000`` prints how many of so many inputs were handled and lists those that were not;
``--seed`` gives other inputs. Each input has a time limit, and the process may not take more than 2 GB beyond what it
has when it starts.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import resource
import signal
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from claimbook.errors import UserError
from tests.survey_reader.fuzz import evidence_tables, mapping_file, text_export, workbook_export
from tests.survey_reader.fuzz.base import Project, small_evidence, small_survey
from tests.survey_reader.fuzz.cases import REFUSED, SAME, Case
from tests.survey_reader.fuzz.evidence_tables import EvidenceOracle
from tests.survey_reader.fuzz.oracle import Oracle

SEED = 20231123
SECONDS = 30
MEMORY = 2 * 1024**3
RARE = 1 / 200
# Share of the inputs by what is mutated.
SHARES = {"workbook": 0.5, "text": 0.33, "mapping": 0.05, "evidence": 0.12}


class TookTooLongError(Exception):
    """An input took more than `SECONDS`."""


@dataclass(frozen=True)
class Outcome:
    """What came of one input.

    Attributes
    ----------
    number : int
    part, name : str
        What was mutated, and how.
    refused : str
        The error that a person would read; empty if the input was cleaned.
    fault : str
        Why the input was not handled rightly; empty if it was.
    """

    number: int
    part: str
    name: str
    refused: str
    fault: str


@dataclass(frozen=True)
class Part:
    """A project, how its files are mutated, and who judges its tables."""

    project: Project
    mutations: tuple
    rare: tuple
    oracle: object

    def case(self, rng: np.random.Generator) -> Case:
        """Return a mutated input."""
        choices = self.rare if self.rare and rng.random() < RARE else self.mutations
        mutation = choices[int(rng.integers(len(choices)))]
        return mutation(self.project.files, rng)


def parts(folder: Path) -> dict[str, Part]:
    """Return what can be mutated, each in a project of its own under `folder`."""
    workbook = small_survey(folder / "workbook")
    text = small_survey(folder / "text", "reponses.csv")
    evidence = small_evidence(folder / "evidence")
    return {
        "workbook": Part(
            workbook, of(workbook_export), of(workbook_export, "RARE"), Oracle(workbook)
        ),
        "text": Part(text, of(text_export), of(text_export, "RARE"), Oracle(text)),
        "mapping": Part(text, mapping_file.MUTATIONS, (), Oracle(text)),
        "evidence": Part(
            evidence, evidence_tables.MUTATIONS, evidence_tables.RARE, EvidenceOracle(evidence)
        ),
    }


def of(module, which: str = "MUTATIONS") -> tuple:
    """Return the mutations of an export, which take the content of its one file."""
    return tuple(
        lambda files, rng, change=change: change(files[module.FILE], rng)
        for change in getattr(module, which)
    )


def handle(part: Part, case: Case) -> tuple[str, str]:
    """Run one case; return the error that a person would read, and what is wrong with how it was handled."""
    before = part.project.snapshot()
    out, err = io.StringIO(), io.StringIO()
    signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            warnings.simplefilter("error")
            tables = part.project.run(case.file, case.content)
    except UserError as error:
        signal.setitimer(signal.ITIMER_REAL, 0)
        return str(error), _refusal(part, case, str(error), before) or _printed(out, err)
    except BaseException as error:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if isinstance(error, KeyboardInterrupt):
            raise
        stack = traceback.extract_tb(error.__traceback__)
        last = [
            frame for frame in stack if "helpers" in frame.filename or "fuzz" in frame.filename
        ][-1]
        return (
            "",
            f"{type(error).__name__}: {str(error)[:200]} ({Path(last.filename).name}:{last.lineno})",
        )
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if case.expect == REFUSED:
        return "", "should have been refused"
    leftovers = [path.name for path in part.project.leftovers if path.name.endswith(".part")]
    complaints = part.oracle.complaints(case, tables)
    return "", _printed(out, err) or "; ".join([*leftovers, *complaints[:3]])


def _refusal(part: Part, case: Case, message: str, before) -> str:
    if part.project.snapshot() != before:
        return "left partial output"
    if case.expect == SAME:
        return f"should have been cleaned: {message[:300]}"
    if len(message) > 1500 or not all(char.isprintable() for char in message):
        return f"is not told in one clear sentence: {message[:200]!r}"
    if not any(path.name in message for path in part.project.layout.raw.iterdir()):
        return f"does not name the file: {message[:200]!r}"
    return "" if "Remedy: " in message else f"names no remedy: {message[:200]!r}"


def _printed(out, err) -> str:
    return (
        f"prints {(out.getvalue() + err.getvalue())[:200]!r}"
        if out.getvalue() or err.getvalue()
        else ""
    )


def _too_long(*_) -> None:
    raise TookTooLongError(f"more than {SECONDS} s")


def outcomes(count: int, seed: int = SEED, only: str = "") -> Iterator[Outcome]:
    """Yield what came of `count` mutated inputs.

    Parameters
    ----------
    count : int
    seed : int
        Each input has a generator of its own: (seed, its number).
    only : str
        One of `SHARES`, to mutate nothing else.
    """
    with tempfile.TemporaryDirectory() as folder:
        known = parts(Path(folder))
        for number in range(count):
            rng = np.random.default_rng([seed, number])
            name = only or str(rng.choice(list(SHARES), p=list(SHARES.values())))
            case = known[name].case(rng)
            if rng.random() < 0.1:
                known[name].project.tidy_up()
            refused, fault = handle(known[name], case)
            yield Outcome(number, name, case.name, refused, fault)


def limit_memory() -> None:
    """Refuse the process more than `MEMORY` beyond what it has."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    soft = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (soft, resource.getrlimit(resource.RLIMIT_AS)[1]))


def tell(found: list[Outcome]) -> str:
    """Return the outcomes in words."""
    kinds = Counter((o.part, "refused" if o.refused else "cleaned") for o in found if not o.fault)
    faults = [o for o in found if o.fault]
    lines = [f"{len(found) - len(faults)} of {len(found)} mutated inputs handled"]
    lines += [
        f"  {part}: {kinds[part, 'refused']} refused, {kinds[part, 'cleaned']} cleaned"
        for part in SHARES
    ]
    lines += [f"  input {o.number} ({o.part}, {o.name}): {o.fault}" for o in faults[:60]]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return "\n".join([*lines, f"  peak memory of the process: {peak / 1e9:.2f} GB"])


def main(arguments: list[str] | None = None) -> int:
    """Run the cases; return 0 if each was handled."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.survey_reader.fuzz.run", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "count", type=int, nargs="?", default=10_000, help="how many inputs (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="default: %(default)s")
    parser.add_argument("--only", choices=list(SHARES), default="", help="mutate one kind of file")
    options = parser.parse_args(arguments)
    limit_memory()
    found = []
    for outcome in outcomes(options.count, options.seed, options.only):
        found.append(outcome)
        if outcome.fault or len(found) % 500 == 0:
            print(
                f"{len(found)}: {outcome.part}, {outcome.name}: {outcome.fault or 'ok'}"[:400],
                flush=True,
            )
    print(tell(found))
    return int(any(outcome.fault for outcome in found))


if __name__ == "__main__":
    sys.exit(main())
