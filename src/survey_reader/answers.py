"""One cell, one answer: what it says in the terms of the study, by which repairs, or why it cannot be told."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from helpers.cleaning.identifiers import siret_problem
from survey_reader.mapping import CODED, NUMERIC, Mapping, Question
from survey_reader.sheets import MAX_TEXT, Formula, Percent, blank, shown
from survey_reader.spelling import (
    folded,
    forbidden_character,
    repair_mojibake,
    tidy_spaces,
    without_invisible,
)
from survey_reader.written import AMOUNT, number_text, parsed_date

_FIRST_YEAR, _LAST_YEAR = 1990, 2100


@dataclass
class Answer:
    """What one cell says.

    Attributes
    ----------
    value : str
        In the terms of the study; empty if nothing was answered.
    parts : tuple of str
        Codes or names, of a question that takes several.
    steps : list of (str, str)
        Repairs in order: rule, and the text after it.
    problem, remedy : str
        Why the cell cannot be told, and what to do about it; empty if it can.
    lost : bool
        Whether an answer was there and had to be left out.
    """

    value: str = ""
    parts: tuple[str, ...] = ()
    steps: list[tuple[str, str]] = field(default_factory=list)
    problem: str = ""
    remedy: str = ""
    lost: bool = False


class Reading:
    """Reads cells by the rules of a mapping.

    Parameters
    ----------
    mapping : Mapping
    departements : dict of str to str
        Code by folded code or name of a département.
    """

    def __init__(self, mapping: Mapping, departements: dict[str, str]):
        self.mapping, self.departements = mapping, departements
        words = sorted(mapping.approximately, key=len, reverse=True)
        self._approximate = (
            re.compile(rf"({'|'.join(map(re.escape, words))}) ?(?=[0-9-])") if words else None
        )
        self._readers = {
            "text": self._text,
            "date": self._date,
            "siret": self._siret,
            "departements": self._departements,
            "several": self._several,
            "operators": self._operators,
            **dict.fromkeys(NUMERIC, self._number),
            **dict.fromkeys([kind for kind in CODED if kind != "several"], self._choice),
        }

    def read(self, value, question: Question) -> Answer:
        """Return what a cell answers to a question."""
        answer = Answer()
        if isinstance(value, Formula) or (
            isinstance(value, str) and value.lstrip()[:1] in ("=", "@")
        ):
            return _refuse(
                answer, "the cell holds a formula", "copy the table and paste it as values"
            )
        text = shown(value)
        if len(text) > MAX_TEXT:
            return _refuse(
                answer, f"the cell holds {len(text):,} characters", f"shorten it to {MAX_TEXT:,}"
            )
        if blank(value):
            return answer
        if isinstance(value, str):
            text = _repaired(text, answer)
            if problem := forbidden_character(text):
                return _refuse(answer, problem, "type the answer again")
        key = folded(text)
        if key in self.mapping.no_answer:
            return _step(answer, "no_answer", "")
        if key in question.unusable_spellings:
            answer.lost = True
            return _step(answer, "unusable_answer", "")
        answer.value = text
        if key:
            self._readers[question.type](value, text, question, answer)
        return answer

    def _text(self, value, text, question, answer):
        pass

    def _choice(self, value, text, question, answer):
        code = question.codes.get(folded(text))
        if code is None:
            _unknown(answer, text, question)
        elif text == question.answers[code][0]:
            answer.value = code
        else:
            _step(answer, "known_spelling", code)

    def _several(self, value, text, question, answer):
        pieces = [piece for piece in re.split(r"[;\n]", text) if piece.strip()]
        if len(pieces) == 1 and folded(text) not in question.codes:
            pieces = [piece for piece in text.split(",") if piece.strip()]
        codes = []
        for piece in pieces:
            code = question.codes.get(folded(piece))
            if code is None:
                return _unknown(answer, piece.strip(), question)
            codes.append(code)
        answer.parts = tuple(code for code in question.answers if code in codes)
        canonical = " ; ".join(question.answers[code][0] for code in answer.parts)
        if text != canonical:
            _step(answer, "known_spelling", canonical)
        answer.value = canonical
        return answer

    def _operators(self, value, text, question, answer):
        # Who is meant can only be told once the names of all respondents are known.
        answer.parts = tuple(piece.strip() for piece in re.split(r"[;\n]", text) if piece.strip())

    def _number(self, value, text, question, answer):
        if isinstance(value, bool | dt.date | dt.time):
            what = "a date" if isinstance(value, dt.date | dt.time) else "a truth value"
            return _refuse(
                answer, f"the cell holds {what}, not a number", "type the number again, as a number"
            )
        percent = question.type == "percent"
        if isinstance(value, Percent):
            number = float(value) * 100 if percent else None
            if number is None:
                return _refuse(answer, "the number is a percentage", "write the number itself")
        elif isinstance(value, int | float):
            number = _as_float(value)
            if percent and 0 < number <= 1:
                return _refuse(
                    answer,
                    "the number may be a share or a percentage",
                    "write it with its sign: 45 %",
                )
        else:
            number = self._written(text, question, answer, percent)
            if number is None:
                return answer
        if number != number or number in (float("inf"), float("-inf")):
            return _refuse(answer, "the cell holds no finite number", "write the number in digits")
        number = round(number, 6)
        low = 0 if percent and question.minimum is None else question.minimum
        high = 100 if percent and question.maximum is None else question.maximum
        if (low is not None and number < low) or (high is not None and number > high):
            bounds = f"from {'any' if low is None else f'{low:g}'} to {'any' if high is None else f'{high:.0f}'}"
            return _refuse(
                answer, "the number is out of range", f"write a number {bounds}, or widen the range"
            )
        if question.type == "integer" and number != int(number):
            return _refuse(answer, "the number is not whole", "write a whole number")
        canonical = number_text(number)
        if answer.value != canonical:
            _step(answer, "number_written", canonical)
        return answer

    def _written(self, text, question, answer, percent) -> float | None:
        flat = folded(text)
        if self._approximate and (found := self._approximate.match(flat)):
            flat = flat[found.end() :]
            _step(answer, "approximate_number", flat)
        found = AMOUNT.fullmatch(flat)
        unit = found["unit"].strip() if found else ""
        factors = question.unit_factors | ({"%": 1.0} if percent else {})
        if not found or (unit and unit not in factors):
            remedy = "write the number in digits, or name the answer in 'unusable' of the question"
            _refuse(answer, "the answer is not a number", remedy)
            return None
        part = found["part"] or ""
        if len(part) == 3 and re.fullmatch("[1-9][0-9]{0,2}", found["whole"]):
            remedy = "write it without separator of thousands, or mend it under 'corrections'"
            _refuse(answer, "the separator may be of thousands or of decimals", remedy)
            return None
        number = float(f"{found['sign']}{found['whole'].replace(' ', '')}.{part or 0}")
        if percent and not unit and 0 < number <= 1:
            _refuse(
                answer, "the number may be a share or a percentage", "write it with its sign: 45 %"
            )
            return None
        return number * (factors[unit] if unit else 1.0)

    def _date(self, value, text, question, answer):
        if isinstance(value, dt.datetime | dt.date):
            day = value.date() if isinstance(value, dt.datetime) else value
        elif isinstance(value, str):
            day = parsed_date(folded(text))
        else:
            day = None
        if day is None:
            return _refuse(
                answer, "the answer is not a date", "write it as 31/12/2026, or as 2026-12-31"
            )
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            return _refuse(answer, "the date is out of range", "correct the year")
        if text != day.isoformat():
            _step(answer, "date_written", day.isoformat())
        answer.value = day.isoformat()
        return answer

    def _siret(self, value, text, question, answer):
        digits = re.sub(r" ", "", text)
        if not re.fullmatch(r"[0-9]+", digits):
            remedy = "write fourteen digits, or name the answer in 'unusable' of the question"
            return _refuse(answer, "the answer is not a SIRET number", remedy)
        if problem := siret_problem(digits):
            answer.lost = True
            return _step(answer, "siret_key", "", reason=problem)
        if digits != text:
            _step(answer, "number_written", digits)
        answer.value = digits
        return answer

    def _departements(self, value, text, question, answer):
        codes = set()
        for piece in self._pieces(text):
            code = self._code(piece)
            if code is None:
                near = "write the official code or name of the département"
                return _refuse(answer, f"'{piece.strip()[:60]}' is no département", near)
            codes.add(code)
        answer.parts = tuple(sorted(codes))
        joined = "|".join(answer.parts)
        if joined != text:
            _step(answer, "departement_written", joined)
        answer.value = joined
        return answer

    def _pieces(self, text: str) -> list[str]:
        """Return the names and codes of a text; « Indre et Loire » is one, « Indre et Cher » are two."""
        listed = [piece for piece in re.split(r"[;,|/\n]", text) if piece.strip()]
        split = (
            piece
            for whole in listed
            for piece in ([whole] if self._code(whole) else whole.split(" et "))
        )
        return [piece for piece in split if piece.strip()]

    def _code(self, piece: str) -> str | None:
        key = folded(piece)
        return self.departements.get(key) or self._both(key)

    def _both(self, key: str) -> str | None:
        """Return the code of a département written with code and name, if the two agree."""
        found = re.fullmatch(r"([0-9]{1,3}|2[ab]) ?[-:] ?(.+)|(.+?) ?\(([0-9]{1,3}|2[ab])\)", key)
        if not found:
            return None
        number, name = (found[1], found[2]) if found[1] else (found[4], found[3])
        code = self.departements.get(number)
        return code if code and self.departements.get(name) == code else None


def _as_float(value: int | float) -> float:
    # A cell may hold a whole number that is too large for any decimal one.
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def _repaired(text: str, answer: Answer) -> str:
    for rule, repair in (
        ("mojibake", repair_mojibake),
        ("invisible_characters", without_invisible),
        ("stray_spaces", _kept_breaks),
    ):
        after = repair(text)
        if after != text:
            _step(answer, rule, after)
            text = after
    return text


def _kept_breaks(text: str) -> str:
    # Line breaks part the answers of a question that takes several.
    return "\n".join(
        line for line in map(tidy_spaces, text.replace("\r", "\n").split("\n")) if line
    )


def _step(answer: Answer, rule: str, after: str, reason: str = "") -> Answer:
    answer.steps.append((rule, after) if not reason else (rule, after, reason))
    answer.value = after
    return answer


def _refuse(answer: Answer, problem: str, remedy: str) -> Answer:
    answer.value, answer.problem, answer.remedy = "", problem, remedy
    return answer


def _unknown(answer: Answer, text: str, question: Question) -> Answer:
    from survey_reader.headers import suggestions

    near = suggestions(
        text, [label for labels in question.answers.values() for label in labels], limit=1
    )
    known = ", ".join(labels[0] for labels in question.answers.values())
    if near:
        remedy = f"did you mean '{near[0]}'? Add the spelling to the mapping. Known: {known}"
    else:
        remedy = f"use {known}; or name it under 'no_answer' of the mapping if it says nothing"
    return _refuse(answer, f"'{text[:60]}' is not one of the answers", remedy)
