"""How people fill in a spreadsheet: writings of one answer that can be read one way only."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from survey_questionnaire import CHOICES, FORMS, PERIMETERS, SCORES

_MONTH_NAMES = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
)
_MONTHS = tuple(_MONTH_NAMES.split())
NO_ANSWERS = ("", "", "NSP", "-", "Ne sait pas")
YES = ("Oui", "Oui", "oui", "O", "X", "x", "1", "OUI ")
NO = ("", "", "", "Non", "non", "N", "0")
NBSP, THIN = "\u00a0", "\u202f"


@dataclass(frozen=True)
class Cell:
    """One cell as two programs hold it.

    Attributes
    ----------
    workbook : object
        Value in the workbook: text, a number, a date.
    text : str
        The same in the text file.
    number_format : str
        Format of the workbook's cell; empty for the usual one.
    """

    workbook: object
    text: str
    number_format: str = ""


class Writer:
    """Writes true answers down as people do.

    Parameters
    ----------
    rng : numpy.random.Generator
    departements : dict of str to str
        Name by code.
    """

    def __init__(self, rng: np.random.Generator, departements: dict[str, str]):
        self.rng, self.departements = rng, departements

    def write(self, value: str, kind: str, *, blank_is_none: bool = True) -> Cell:
        """Return the cell of a true value; `kind` is that of its field.

        A box that is not ticked may be left blank; where blanks mean that nothing was answered,
        "no" is written out.
        """
        if kind == "box":
            return self._box(value, blank_is_none)
        if not value:
            return self.plain(self._one(NO_ANSWERS))
        return getattr(self, f"_{kind}")(value)

    def plain(self, text: str) -> Cell:
        """Return text as it is, in both files; cp1252 has no narrow no-break space."""
        return Cell(text or None, text.replace(THIN, NBSP))

    def several(self, kind: str, codes: list[str]) -> Cell:
        """Return the cell of a question that takes several answers."""
        labels = [CHOICES[kind][code] for code in codes]
        if self.rng.random() < 0.08:
            # A cell is decoded as a whole, and so it is spoilt as a whole.
            return self.plain(mojibake("; ".join(labels)))
        labels = [self._one([label, label, label.lower(), f" {label}"]) for label in labels]
        return self.plain(self._one(["; ", ";", " ; "]).join(labels))

    def partners(self, names: list[str]) -> Cell:
        """Return the cell that names other operators."""
        return self.plain(
            " ; ".join(self._one([name, name, name.upper(), f"{name} "]) for name in names)
        )

    def _one(self, choices):
        return choices[int(self.rng.integers(len(choices)))]

    def _label(self, label: str) -> str:
        """Return a label in one of its writings."""
        kind = self.rng.random()
        if kind < 0.6:
            return label
        if kind < 0.7:
            return label.lower()
        if kind < 0.8:
            return f" {label} "
        if kind < 0.86:
            return label.replace(" ", NBSP) + NBSP
        if kind < 0.92:
            return label.replace("’", "'").upper()
        return mojibake(label)

    def _text(self, label: str) -> Cell:
        return self.plain(self._label(label))

    def _key(self, value: str) -> Cell:
        return self.plain(value)

    def _name(self, value: str) -> Cell:
        # The first writing of a name is the one that the tables keep: case stays as it is.
        kind = self.rng.random()
        spaced = (
            value if kind < 0.6 else f" {value}" if kind < 0.8 else value.replace(" ", NBSP) + "  "
        )
        return self.plain(mojibake(value) if kind > 0.92 else spaced)

    def _date(self, value: str) -> Cell:
        day = dt.date.fromisoformat(value)
        slashes = day.strftime("%d/%m/%Y")
        kind = self.rng.random()
        if kind < 0.4:
            return Cell(dt.datetime(day.year, day.month, day.day), slashes, "dd/mm/yyyy")
        return self.plain(
            slashes if kind < 0.7 else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        )

    def _siret(self, value: str) -> Cell:
        spaced = f"{value[:3]} {value[3:6]} {value[6:9]} {value[9:]}"
        return self.plain(self._one([value, spaced, spaced.replace(" ", NBSP)]))

    def _form(self, value: str) -> Cell:
        short = {
            "cdg": "CDG",
            "atd": "ATD",
            "gip": "GIP",
            "spl": "SPL",
            "syndicat_mixte": "SM",
        }.get(value)
        return (
            self.plain(short) if short and self.rng.random() < 0.2 else self._text(FORMS[value][1])
        )

    def _perimeter(self, value: str) -> Cell:
        return self._text(PERIMETERS[value])

    def _year(self, value: str) -> Cell:
        return Cell(int(value), value) if self.rng.random() < 0.7 else self.plain(value)

    def _departements(self, value: str) -> Cell:
        codes, kind = value.split("|"), self.rng.random()
        if kind < 0.3:
            return self.plain(", ".join(code.lstrip("0") for code in codes))
        if kind < 0.5:
            return self.plain(" ; ".join(self.departements[code] for code in codes))
        if kind < 0.7:
            return self.plain(", ".join(f"{code} - {self.departements[code]}" for code in codes))
        return self.plain("/".join(codes))

    def _count(self, value: str) -> Cell:
        return self._amount(value, ())

    def _staff(self, value: str) -> Cell:
        return self._amount(value, (" ETP", " ETP"))

    def _money(self, value: str) -> Cell:
        if value.endswith("000") and self.rng.random() < 0.25:
            return self.plain(f"{grouped(value[:-3], ' ')} k€")
        return self._amount(value, (" €", "€"))

    def _amount(self, value: str, units: tuple[str, ...]) -> Cell:
        comma = value.replace(".", ",")
        kind = self.rng.random()
        if kind < 0.4:
            return Cell(float(value) if "." in value else int(value), comma)
        if kind < 0.5:
            return self.plain(f"environ {comma}")
        spaced = grouped(comma, self._one([" ", NBSP, THIN]))
        return self.plain(spaced + (self._one(units) if units and kind < 0.75 else ""))

    def _percent(self, value: str) -> Cell:
        kind = self.rng.random()
        if kind < 0.3:
            return Cell(int(value) / 100, f"{value} %", "0%")
        if kind < 0.5 and value not in ("0", "1"):
            return Cell(int(value), value)
        return self.plain(self._one([f"{value} %", f"{value}%", f"{value}{NBSP}%", f"{value},0 %"]))

    def _score(self, value: str) -> Cell:
        kind = self.rng.random()
        if kind < 0.3:
            return Cell(int(value), value)
        if kind < 0.4:
            return self.plain(f"{value} - {SCORES[value]}")
        return self._text(SCORES[value])

    def _yes_no(self, value: str) -> Cell:
        return self.plain(self._one(YES if value == "yes" else NO[3:]))

    def _box(self, value: str, blank_is_none: bool) -> Cell:
        if value == "yes":
            return self.plain(self._one(YES))
        if value == "no":
            return self.plain(self._one(NO[3:] if blank_is_none else NO))
        # A blank box would be a "no" here: silence has to be written.
        return self.plain(self._one(("NSP", "-")) if not blank_is_none else "")


def mojibake(text: str) -> str:
    """Return UTF-8 text as it shows when it is read as cp1252; unchanged where it cannot be."""
    try:
        return text.encode("utf-8").decode("cp1252")
    except UnicodeDecodeError:
        return text


def grouped(number: str, space: str) -> str:
    """Return a number with a space between thousands."""
    whole, comma, part = number.partition(",")
    return f"{int(whole):,}".replace(",", space) + comma + part
