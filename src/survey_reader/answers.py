"""One cell, one answer: its value, the repairs that led to it, or why it cannot be read."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from survey_reader.mapping import CODED, NUMERIC, YES, Mapping, Question, Target
from survey_reader.sheets import Row, Unreadable, shown
from survey_reader.text import RefusedError, folded, moment_of, parted, repairs, table, unreadable

_YEARS = range(1990, 2101)
_LA_POSTE = "356000000"
# Rules that draw no value from what was answered.
LOSSES = {"unusable_answer", "siret_key", "declared_correction"}


@dataclass
class Answer:
    """What one cell says: a value, or codes and names as parts, by which repairs.

    A step is the text before and after it, its rule, and a reason where the rule's own is not
    enough. The moment is that of a date, with its time if told. The row is the one in which the
    answer stands, and `before` is the text of its cell.
    """

    before: str = ""
    value: str = ""
    parts: tuple[str, ...] = ()
    steps: list[tuple] = field(default_factory=list)
    refusal: RefusedError | None = None
    moment: dt.date | None = None
    row: Row | None = None

    @property
    def outcome(self) -> str:
        """How the cell was read: answered, without answer, blank, or not recognised."""
        if self.refusal:
            return "unknown"
        return "blank" if not self.before else "answered" if self.value else "silent"

    @property
    def lost(self) -> bool:
        """Whether an answer was there and had to be left out."""
        return self.outcome == "silent" and any(rule in LOSSES for _, _, rule, _ in self.steps)

    def becomes(self, value: str, rule: str, reason: str | None = None) -> None:
        """Take a value; enter a repair if it differs from the one before."""
        if value != self.value:
            self.steps.append((self.value, value, rule, reason))
            self.value = value


class CellReader:
    """Reads cells by the rules of a mapping, and départements by official code and name."""

    def __init__(self, mapping: Mapping, departements: Iterable[tuple[str, str]]):
        self.mapping, self._places = mapping, dict(departements)
        self._codes = {
            folded(form.format(code=one, name=other)): code
            for code, name in self._places.items()
            for one in (code, code.lstrip("0"))
            for other in (name, name.replace("-", " "))
            for form in table("kinds")["departement"]
        }
        words = sorted(map(re.escape, mapping.approximately), key=len, reverse=True)
        self._approximate = re.compile(rf"^({'|'.join(words)}) ?(?=[0-9-])")
        self._readers = dict.fromkeys(NUMERIC, self._number) | dict.fromkeys(CODED, self._coded)
        self._readers |= {"date": self._date, "siret": self._siret, "departements": self._territory}

    def read(self, value, question: Question, target: Target | None = None) -> Answer:
        """Return what a cell answers to a question, and to its item."""
        answer = Answer(shown(value), shown(value))
        try:
            self._text(value, question, answer)
            key, ticked = folded(answer.value), question.columns[target].ticked if target else ()
            if question.type == "box" and key in ticked:
                if question.codes.get(key, YES) != YES:
                    raise RefusedError("two_readings", text=answer.value[:60])
                answer.becomes(YES, "known_spelling")
            elif answer.value and question.type in self._readers:
                self._readers[question.type](value, question, answer)
        except RefusedError as refusal:
            answer.value, answer.refusal = "", refusal
        return answer

    def _text(self, value, question: Question, answer: Answer) -> None:
        if isinstance(value, Unreadable) or answer.value.lstrip().startswith("="):
            raise RefusedError(getattr(value, "key", "formula"))
        for rule, repaired in repairs(answer.value) if isinstance(value, str) else ():
            answer.becomes(repaired, rule)
        key = folded(answer.value)
        if key in self.mapping.no_answer | question.unusable:
            known = key in self.mapping.no_answer
            answer.becomes("", "no_answer" if known else "unusable_answer")
        elif problem := unreadable(answer.value):
            raise RefusedError("cannot_read", problem=problem)
        elif question.type in (*NUMERIC, "date", "siret"):
            # A spreadsheet writes an apostrophe before digits that it keeps as text.
            answer.value = re.sub("^['’](?=[0-9-])", "", answer.value)

    def _coded(self, value, question, answer):
        labels = question.labels
        codes = parted(answer.value, question.separators, question.codes, labels.values())
        answer.parts = tuple(code for code in labels if code in codes)
        meant = " ; ".join(labels[code] for code in answer.parts)
        if question.type != "several":
            # The value is the code, and its own label is no other spelling of it.
            (code,) = answer.parts
            answer.value = code if answer.value == meant else answer.value
            meant = code
        answer.becomes(meant, "known_spelling")

    def _number(self, value, question, answer):
        number, bare = value, True
        if isinstance(value, str):
            number, bare = self._written(question, answer)
        # What is no number, such as a date or a duration, or too large for one.
        if type(number) not in (int, float) or not abs(number) < 1e300:
            raise RefusedError("not_number")
        if not isinstance(value, str):
            number *= question.units.get("", 1.0)
        if question.type == "percent" and bare and "" not in question.units and 0 < number <= 1:
            raise RefusedError("share")
        number = round(float(number), 6)
        if not question.minimum <= number <= question.maximum:
            raise RefusedError("out_of_range", question=question)
        if question.type == "integer" and not number.is_integer():
            raise RefusedError("not_whole")
        answer.becomes(number_text(number), "number_written")

    def _written(self, question, answer) -> tuple[float, bool]:
        """Return the number that text states, times the factor of its unit, and if it has none."""
        if re.search(r"[\t\n\r]", answer.before.strip()):
            raise RefusedError("not_number")
        flat = folded(answer.value)
        plain = self._approximate.sub("", flat)
        if plain != flat:
            answer.becomes(plain, "approximate_number")
        found = re.fullmatch(table("kinds")["amount"], plain)
        unit = found["unit"].strip() if found else None
        usual = {"": 1.0, "%": 1.0} if question.type == "percent" else {"": 1.0}
        factors = usual | question.units
        if unit not in factors:
            raise RefusedError("not_number")
        part = found["part"] or ""
        if len(part) == 3 and re.fullmatch("[1-9][0-9]{0,2}", found["whole"]):
            raise RefusedError("separator")
        number = float(f"{found['sign']}{found['whole'].replace(' ', '')}.{part or 0}")
        return number * factors[unit], not unit

    def _date(self, value, question, answer):
        text = folded(answer.value)
        moment = moment_of(text, question.month_first) if isinstance(value, str) else value
        if not isinstance(moment, dt.date):
            raise RefusedError("not_date")
        if moment.year not in _YEARS:
            raise RefusedError("date_range")
        answer.moment = moment
        answer.becomes(moment.isoformat()[:10], "date_written")

    def _siret(self, value, question, answer):
        digits = answer.value.replace(" ", "")
        if not re.fullmatch(r"[0-9]+", digits):
            raise RefusedError("not_siret")
        if len(digits) == 14 and digits.endswith("0000"):
            raise RefusedError("siret_rounded")
        if problem := siret_problem(digits):
            answer.becomes("", "siret_key", problem)
        else:
            answer.becomes(digits, "number_written")

    def _territory(self, value, question, answer):
        known = (self._codes, self._places.values(), "no_departement")
        try:
            codes = parted(answer.value, question.separators, *known)
        except RefusedError:  # « Indre et Loire » is one, « Indre et Cher » are two.
            codes = parted(answer.value, [f"{question.separators[0]}|(?i: et )"], *known)
        answer.parts = tuple(sorted(codes))
        answer.becomes("|".join(answer.parts), "departement_written")


def number_text(number: float) -> str:
    """Return a number as the tidy tables write it: digits, a point, no more than needed."""
    return str(int(number)) if number == int(number) else repr(number)


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
    own = digits.startswith(_LA_POSTE) and sum(map(int, digits)) % 5 == 0
    return None if own or luhn_valid(digits) else "the Luhn key is wrong"
