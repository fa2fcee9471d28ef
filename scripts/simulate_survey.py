"""Simulate a survey of invented operators: an untidy workbook, a text file, and the truth.

``python scripts/simulate_survey.py`` writes data/raw/survey-simulated; the same seed gives the same
bytes. Then run ``python -m helpers prepare --edition survey-simulated``.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import numpy as np
from survey_files import MERGED, Line, Simulation, csv_bytes, truth_tables, workbook_bytes
from survey_mess import Cell, Writer, mojibake
from survey_questionnaire import CHOICES, Field, fields
from survey_truth import draw

SEED = 20231123
N_OPERATORS = 66
# Answers that tell nothing, by response: nobody can mend them, so the ledger must list them and
# nothing else.
UNRECOVERABLE = (
    ("R004", "staff_fte", "12 à 15", "a range: no single number was given"),
    ("R009", "staff_fte", "cf. rapport d’activité", "the answer is in another document"),
    ("R015", "members", "beaucoup", "a word, not a number"),
    ("R018", "budget_eur", "confidentiel", "the answer was refused"),
    ("R027", "budget_eur", "#REF!", "the formula behind the cell was broken before the export"),
    ("R034", "rural_share", "?", "nobody knows what the question mark stood for"),
    ("R037", "siret", None, "one digit is wrong, and several corrections give a right key"),
    ("R045", "siret", "en cours d’immatriculation", "the number did not exist yet"),
    ("R052", "mediators", "en attente", "the number was not known yet"),
)
CORRECTED = ("R031", "members", "1.250", "1250")
SHIFTED = "R023"


def simulate(
    services: dict[str, str],
    departements: dict[str, str],
    *,
    n=N_OPERATORS,
    seed=SEED,
    special=True,
) -> Simulation:
    """Return a simulated survey.

    Parameters
    ----------
    services, departements : dict of str to str
        Labels and names by code.
    n : int
        Number of operators, up to 66.
    seed : int
    special : bool
        Whether to plant what concerns single lines: duplicates, test and shifted row, answers that
        tell nothing.
    """
    streams = np.random.default_rng(seed).spawn(2)
    metropolitan = [code for code in departements if len(code) == 2]
    truth, classes = draw(list(services), metropolitan, n, streams[0])
    if special:
        _prepare(truth)
    writer = Writer(streams[1], departements)
    simulation = Simulation(fields(services), truth=truth, classes=classes)
    for operator in truth:
        key = operator["response", ""]
        simulation.lines.append(
            Line(key, _cells(operator, simulation.fields, writer), special and key == SHIFTED)
        )
    if special:
        _spoil(simulation, writer)
        _duplicate(simulation, writer)
        _add_test(simulation, writer)
    return simulation


def _prepare(truth: list[dict]) -> None:
    """Make the truth such that what is planted on single lines is unmistakable."""
    by_key = {operator["response", ""]: operator for operator in truth}
    first, second, variable = MERGED
    by_key[second][variable, ""] = by_key[first][variable, ""]
    by_key[CORRECTED[0]][CORRECTED[1], ""] = CORRECTED[3]
    by_key[CORRECTED[0]]["communes_members", ""] = "1100"
    for variable in ("rural_share", "own_revenue_share"):
        by_key[SHIFTED][variable, ""] = by_key[SHIFTED][variable, ""] or "50"
    for key, variable, *_ in UNRECOVERABLE:
        by_key[key][variable, ""] = by_key[key][variable, ""] or "3"
    # One operator left a whole sheet blank: no box was ticked, and nothing was refused either.
    silent = by_key["R058"]
    for variable, item in silent:
        if variable in ("demand", "obstacle", "need"):
            silent[variable, item] = ""


def _cells(truth: dict, columns: list[Field], writer: Writer) -> dict[tuple[str, str], Cell]:
    cells: dict[tuple[str, str], Cell] = {}
    for column in columns:
        if column.kind in CHOICES:
            answers = {code: truth[column.variable, code] for code in CHOICES[column.kind]}
            chosen = [code for code, value in answers.items() if value == "yes"]
            silent = not any(answers.values())
            cells[column.key] = (
                writer.write("", "text") if silent else writer.several(column.kind, chosen)
            )
        elif column.kind == "partners":
            names = [
                item
                for (variable, item), value in truth.items()
                if variable == column.variable and value
            ]
            cells[column.key] = writer.partners(names)
        else:
            cells[column.key] = writer.write(truth[column.key], column.kind, blank_is_none=False)
    _show_silence(truth, columns, cells, writer)
    return cells


def _show_silence(truth: dict, columns: list[Field], cells: dict, writer: Writer) -> None:
    """Make blank boxes mean what they mean in the truth: all blank is silence, one is a "no"."""
    for question in ("service", "obstacle"):
        boxes = [c for c in columns if c.kind == "box" and c.variable.split("_")[0] == question]
        answers = [truth[box.key] for box in boxes]
        if not any(answers):
            cells |= {box.key: writer.plain("") for box in boxes}
        elif "yes" not in answers and boxes:
            shown = next(box.key for box in boxes if truth[box.key] == "no")
            cells[shown] = writer.plain("Non")


def _spoil(simulation: Simulation, writer: Writer) -> None:
    lines = {line.key: line for line in simulation.lines}
    truth = {operator["response", ""]: operator for operator in simulation.truth}
    for key, variable, written, reason in UNRECOVERABLE:
        if written is None:
            value = truth[key][variable, ""]
            written = value[:-2] + str((int(value[-2]) + 1) % 10) + value[-1]
        lines[key].cells[variable, ""] = writer.plain(written)
        simulation.unrecoverable.append((truth[key]["operator", ""], variable, "", written, reason))
    lines[CORRECTED[0]].cells[CORRECTED[1], ""] = writer.plain(CORRECTED[2])
    shifted = lines[SHIFTED].cells
    for column in simulation.fields:
        # Every cell of the shifted line's first sheet is filled, so that the one blank cell tells
        # where it slipped.
        if column.sheet == 1:
            shifted[column.key] = (
                writer.write(truth[SHIFTED][column.key], column.kind)
                if column.kind not in CHOICES
                else (
                    writer.several(
                        column.kind,
                        [
                            c
                            for c in CHOICES[column.kind]
                            if truth[SHIFTED][column.variable, c] == "yes"
                        ],
                    )
                )
            )
    # Invisible characters come with copied text.
    name = lines["R012"].cells["operator", ""].text.strip()
    lines["R012"].cells["operator", ""] = Cell(f"\u200b{name}", name)
    lines["R020"].cells["operator", ""] = writer.plain(mojibake(truth["R020"]["operator", ""]))


def _duplicate(simulation: Simulation, writer: Writer) -> None:
    """Add two operators that answered twice: the later response stands, but for its one blank."""
    lines = {line.key: line for line in simulation.lines}
    truth = {operator["response", ""]: operator for operator in simulation.truth}
    for key, earlier, day in (("R067", "R006", "2026-03-27"), ("R068", "R043", "2026-03-30")):
        operator = truth[earlier]
        operator["response", ""], operator["response_date", ""] = key, day
        cells = _cells(operator, simulation.fields, writer)
        if key == "R067":
            # The earlier response held other numbers; it alone gives the share of own revenue.
            old = lines[earlier].cells
            old["staff_fte", ""], old["members", ""] = writer.plain("11"), writer.plain("97")
            old["demand", "cybersecurite"] = writer.plain("Moyenne")
            operator["own_revenue_share", ""] = "35"
            old["own_revenue_share", ""] = writer.plain("35 %")
            cells["own_revenue_share", ""] = writer.plain("")
        else:
            # The later response has no number and another writing of the name.
            name = operator["operator", ""]
            cells["siret", ""] = writer.plain("")
            cells["operator", ""] = writer.plain(f" {name} ")
        simulation.lines.append(Line(key, cells))


def _add_test(simulation: Simulation, writer: Writer) -> None:
    cells = {column.key: writer.plain("") for column in simulation.fields}
    cells |= {
        ("response", ""): writer.plain("R069"),
        ("operator", ""): writer.plain("TEST – ne pas tenir compte"),
        ("members", ""): writer.plain("99999"),
        ("service_offered", "sig"): writer.plain("blabla"),
    }
    simulation.lines.append(Line("R069", cells))


def labels(path: Path, code: str, label: str) -> dict[str, str]:
    """Return labels by code from a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row[code]: row[label] for row in csv.DictReader(file)}


def main(arguments: list[str] | None = None) -> int:
    """Write the export and its truth; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    raw = Path(__file__).resolve().parents[1] / "data" / "raw"
    parser.add_argument(
        "--into",
        type=Path,
        default=raw / "survey-simulated",
        help="folder to write (default: the edition)",
    )
    options = parser.parse_args(arguments)
    services = labels(raw / "survey-simulated" / "services.csv", "service_code", "label_fr")
    simulation = simulate(
        services, labels(raw / "territories" / "departements.csv", "code", "name")
    )
    (options.into / "truth").mkdir(parents=True, exist_ok=True)
    (options.into / "reponses.xlsx").write_bytes(workbook_bytes(simulation))
    (options.into / "reponses.csv").write_bytes(csv_bytes(simulation))
    for name, text in truth_tables(simulation).items():
        (options.into / "truth" / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
