"""One cell, one answer: its value, the repairs that led to it, or why it cannot be read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from survey_reader.mapping import CODED, NUMERIC, YES, Mapping, Question, Target
from survey_reader.sheets import MAX_TEXT, Unreadable, blank, shown
from survey_reader.text import (
    AMOUNT,
    folded,
    listed,
    message,
    nearest,
    number_text,
    parsed_moment,
    repair_mojibake,
    tidy_spaces,
    unreadable,
    without_invisible,
)

_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_LA_POSTE = "356000000"


class UnreadableError(Exception):
    """A cell cannot be read: the problem and a remedy, from messages.yml."""

    def __init__(self, key: str, /, **fields):
        super().__init__(*message(key, **fields))


@dataclass
class Answer:
    """What one cell says: a value, or codes and names as parts, by which repairs.

    A step is a rule, the text after it, and a reason where the rule's own is not enough. A lost
    answer was there and had to be left out. The moment is that of a date, with its time if told.
    """

    value: str = ""
    parts: tuple[str, ...] = ()
    steps: list[tuple[str, ...]] = field(default_factory=list)
    problem: str = ""
    remedy: str = ""
    lost: bool = False
    moment: dt.date | None = None

    def becomes(self, value: str, rule: str, *reason: str) -> None:
        """Take a value; enter a repair if it differs from the one before."""
        if value != self.value:
            self.steps.append((rule, value, *reason))
            self.value = value


class CellReader:
    """Reads cells by the rules of a mapping, and départements by official code and name."""

    def __init__(self, mapping: Mapping, departements: Iterable[tuple[str, str]]):
        self.mapping = mapping
        self._codes = {}
        for code, name in departements:
            spellings = (code, code.lstrip("0"), name, name.replace("-", " "))
            self._codes |= {folded(spelling): code for spelling in spellings}
        words = "|".join(map(re.escape, sorted(mapping.approximately, key=len, reverse=True)))
        self._approximate = re.compile(rf"({words}) ?(?=[0-9-])" if words else "(?!)")
        self._readers = dict.fromkeys(NUMERIC, self._number) | dict.fromkeys(CODED, self._choice)
        for kind in ("date", "siret", "departements", "operators", "several"):
            self._readers[kind] = getattr(self, f"_{kind}")

    def read(self, value, question: Question, target: Target | None = None) -> Answer:
        """Return what a cell answers to a question, and to its item."""
        answer = Answer()
        try:
            self._read(value, question, answer)
            key = folded(answer.value)
            if target and question.type == "box" and key in question.ticked(target):
                if question.codes.get(key, YES) != YES:
                    raise UnreadableError("two_readings", text=answer.value[:60])
                answer.becomes(YES, "known_spelling")
            elif answer.value and question.type in self._readers:
                self._readers[question.type](value, question, answer)
        except UnreadableError as error:
            answer.value, (answer.problem, answer.remedy) = "", error.args
        return answer

    def _read(self, value, question: Question, answer: Answer) -> None:
        if isinstance(value, Unreadable):
            raise UnreadableError(value.key)
        if isinstance(value, str) and value.lstrip()[:1] == "=":
            raise UnreadableError("formula")
        answer.value = text = shown(value)
        if len(text) > MAX_TEXT:
            raise UnreadableError("text_too_long", count=len(text), most=MAX_TEXT)
        if blank(value):
            answer.value = ""
            return
        if isinstance(value, str):
            answer.becomes(repair_mojibake(text), "mojibake")
            answer.becomes(without_invisible(answer.value), "invisible_characters")
            # Line breaks part the answers of a question that takes several.
            lines = map(tidy_spaces, answer.value.replace("\r", "\n").split("\n"))
            answer.becomes("\n".join(filter(None, lines)), "stray_spaces")
        key = folded(answer.value)
        if key in self.mapping.no_answer:
            answer.steps.append(("no_answer", ""))
            answer.value = ""
        elif key in map(folded, question.unusable):
            answer.steps.append(("unusable_answer", ""))
            answer.value, answer.lost = "", True
        elif problem := unreadable(answer.value):
            raise UnreadableError("cannot_read", problem=problem)
        elif question.type in (*NUMERIC, "date", "siret"):
            # A spreadsheet writes an apostrophe before digits that it keeps as text.
            answer.value = re.sub("^['’](?=[0-9-])", "", answer.value)

    def _choice(self, value, question, answer):
        code = _code(answer.value, question)
        if answer.value != question.answers[code][0]:
            answer.steps.append(("known_spelling", code))
        answer.value = code

    def _several(self, value, question, answer):
        patterns = [re.escape(question.separator)] if question.separator else [r"[;\n]", "[,\n]"]
        found = [codes for p in patterns for codes in listed(answer.value, p, question.codes)]
        if len(set(found)) > 1:
            raise UnreadableError("two_readings", text=answer.value[:60])
        pieces = [p for p in patterns if re.search(p, answer.value)] or patterns[:1]
        codes = (
            found[0]
            if found
            else {_code(p.strip(), question) for p in _pieces(answer.value, pieces[0])}
        )
        answer.parts = tuple(code for code in question.answers if code in codes)
        labels = " ; ".join(question.answers[code][0] for code in answer.parts)
        answer.becomes(labels, "known_spelling")

    def _operators(self, value, question, answer):
        # Who is meant can only be found once the names of all respondents are known.
        answer.parts = (answer.value,)

    def _number(self, value, question, answer):
        percent = question.type == "percent"
        if isinstance(value, bool | dt.date | dt.time):
            what = "a truth value" if isinstance(value, bool) else "a date"
            raise UnreadableError("not_of_type", what=what)
        if isinstance(value, int | float):
            # A cell may hold a whole number that is too large for any decimal one.
            number = float(value) if abs(value) < 1e300 else float("inf")
            if percent and 0 < number <= 1:
                raise UnreadableError("share")
        else:
            number = self._written(question, answer)
        if number != number or number in (float("inf"), float("-inf")):
            raise UnreadableError("not_finite")
        number = round(number, 6)
        low = 0 if percent and question.minimum is None else question.minimum
        high = 100 if percent and question.maximum is None else question.maximum
        if (low is not None and number < low) or (high is not None and number > high):
            low, high = ("any" if bound is None else number_text(bound) for bound in (low, high))
            raise UnreadableError("out_of_range", low=low, high=high)
        if question.type == "integer" and number != int(number):
            raise UnreadableError("not_whole")
        answer.becomes(number_text(number), "number_written")

    def _written(self, question, answer) -> float:
        """Return the number that text states, times the factor of its unit."""
        flat = folded(answer.value)
        if found := self._approximate.match(flat):
            flat = flat[found.end() :]
            answer.becomes(flat, "approximate_number")
        found = AMOUNT.fullmatch(flat)
        unit = found["unit"].strip() if found else ""
        if not found or (unit and unit not in question.factors):
            raise UnreadableError("not_number")
        part = found["part"] or ""
        if len(part) == 3 and re.fullmatch("[1-9][0-9]{0,2}", found["whole"]):
            raise UnreadableError("separator")
        number = float(f"{found['sign']}{found['whole'].replace(' ', '')}.{part or 0}")
        if question.type == "percent" and not unit and 0 < number <= 1:
            raise UnreadableError("share")
        return number * question.factors.get(unit, 1.0)

    def _date(self, value, question, answer):
        moment = value if isinstance(value, dt.date) else None
        if isinstance(value, str):
            moment = parsed_moment(folded(answer.value), question.month_first)
        if moment is None:
            raise UnreadableError("not_date")
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise UnreadableError("date_range")
        answer.moment = moment
        answer.becomes(moment.isoformat()[:10], "date_written")

    def _siret(self, value, question, answer):
        digits = answer.value.replace(" ", "")
        if not re.fullmatch(r"[0-9]+", digits):
            raise UnreadableError("not_siret")
        if len(digits) == 14 and digits.endswith("0000"):
            raise UnreadableError("siret_rounded")
        if problem := siret_problem(digits):
            answer.steps.append(("siret_key", "", problem))
            answer.value, answer.lost = "", True
        else:
            answer.becomes(digits, "number_written")

    def _departements(self, value, question, answer):
        codes = set()
        separator = re.escape(question.separator) if question.separator else r"[;,|/\n]"
        for text in _pieces(answer.value, separator):
            # « Indre et Loire » is one, « Indre et Cher » are two.
            for piece in [text] if self._code(text) else _pieces(text, "(?i) et "):
                if not self._code(piece):
                    raise UnreadableError("no_departement", piece=piece.strip()[:60])
                codes.add(self._code(piece))
        answer.parts = tuple(sorted(codes))
        answer.becomes("|".join(answer.parts), "departement_written")

    def _code(self, piece: str) -> str:
        """Return the code of a département written with code, name, or both if they agree."""
        key = folded(piece)
        both = re.fullmatch(r"([0-9]{1,3}|2[ab]) ?[-:] ?(.+)|(.+?) ?\(([0-9]{1,3}|2[ab])\)", key)
        if key in self._codes or not both:
            return self._codes.get(key, "")
        number, name = (self._codes.get(both[a] or both[b], "") for a, b in ((1, 4), (2, 3)))
        return number if number == name else ""


def _pieces(text: str, separator: str) -> list[str]:
    return [piece for piece in re.split(separator, text) if piece.strip()]


def _code(text: str, question: Question) -> str:
    """Return the code of an answer, or refuse it with the nearest spelling."""
    if folded(text) in question.codes:
        return question.codes[folded(text)]
    near = nearest(text, [label for labels in question.answers.values() for label in labels])
    known = ", ".join(labels[0] for labels in question.answers.values())
    kind = "near_answer" if near else "unknown_answer"
    raise UnreadableError(kind, text=text[:60], near=near, known=known)


def luhn_valid(digits: str) -> bool:
    """Tell whether a string of digits passes the Luhn check (ISO/IEC 7812-1, annex B)."""
    doubled = (int(char) * (1 + place % 2) for place, char in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def siret_problem(text: str) -> str | None:
    """Return what is wrong with a SIRET number, or None if it is right.

    Spaces inside the number are allowed. Establishments of La Poste follow their own rule
    (sum of digits a multiple of five; Insee, Sirene documentation).
    """
    digits = re.sub(r"\s", "", text)
    if not re.fullmatch(r"[0-9]{14}", digits):
        return f"{len(digits)} characters instead of 14 digits"
    if digits.startswith(_LA_POSTE) and sum(map(int, digits)) % 5 == 0:
        return None
    return None if luhn_valid(digits) else "the Luhn key is wrong"
