"""Names of operators in every spelling by which a reader would know them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from claimbook.protect.leaks.words import capitals, compact, long_digits, plain, words

# Shorter ones only count in capitals: "sil" may be a part of anything.
SHORTEST = 4
_LONGEST_RUN = 14
_FORMS = re.compile(
    r"\b(?:syndicat(?: mixte| intercommunal| departemental| ouvert| ferme)*|agence(?: technique)?(?: departementale)?|"
    r"centre(?: interdepartemental| departemental)? de gestion|groupement d interet public|societe publique locale|"
    r"association|regie|communaute de communes|departement|region|etablissement public|"
    r"sm|spl|gip|atd|cdg|sivu|sivom|sdic)\b"
)
_SLIGHT = frozenset(
    {"de", "du", "des", "d", "la", "le", "les", "l", "et", "en", "pour", "a", "au", "aux", "sur", "un", "une"}
)  # fmt: skip
# Words that say what every operator does: they name nobody.
_GENERIC = frozenset(
    {"numerique", "numeriques", "informatique", "informatiques", "digital", "digitale", "territoire", "territoires",
     "territorial", "territoriale", "collectivite", "collectivites", "public", "publics", "publique", "publiques",
     "service", "services", "gestion", "developpement", "ingenierie", "national", "regional", "regionale",
     "departemental", "departementale", "intercommunal", "mixte", "ouvert", "commune", "communes", "local", "locale",
     "data", "donnees", "administration", "electronique", "amenagement", "haut", "debit", "tres", "fibre",
     "operateur", "operateurs", "test"}
)  # fmt: skip
_KNOWN_CAPITALS = frozenset(
    {"OPSN", "ATD", "CDG", "SPL", "GIP", "EPCI", "SIVU", "SIVOM", "RGPD", "DPO", "CSV", "HTML", "PDF", "ANSSI",
     "ANCT", "INSEE", "SHA", "UTF", "SIRET", "SIREN", "AIC", "BIC", "ICL", "ETP", "TNT", "SIG", "GED", "API", "URL",
     "SVG", "JSON", "ADN", "EUR", "FTTH", "THD", "INTERNE"}
)  # fmt: skip


@dataclass
class NameIndex:
    """What gives an operator's name away.

    Attributes
    ----------
    runs : dict of str to str
        Words joined to one run, to the operator.
    capitals : dict of str to str
        Acronyms that count in capitals only.
    digits : dict of str to str
        SIRET and SIREN numbers.
    """

    runs: dict[str, str] = field(default_factory=dict)
    capitals: dict[str, str] = field(default_factory=dict)
    digits: dict[str, str] = field(default_factory=dict)

    def add(self, operator: str, text: str, territories: frozenset[str] = frozenset()) -> None:
        """Add one way to write a name: in full, without its legal form, and by its initials."""
        run = compact(text)
        if len(run) >= SHORTEST and run not in _GENERIC and run not in territories:
            self.runs.setdefault(run, operator)
        elif 2 <= len(run) < SHORTEST:
            self.capitals.setdefault(run.upper(), operator)
        unquoted = re.sub("['’]", " ", plain(text))
        stripped = [w for w in words(_FORMS.sub(" ", unquoted)) if w not in _SLIGHT]
        core = "".join(stripped)
        told = [
            w for w in stripped if w not in _GENERIC and w not in territories and not w.isdigit()
        ]
        if told and len(core) > SHORTEST and core not in territories:
            self.runs.setdefault(core, operator)
        initials = "".join(
            w[0] for w in re.findall(r"\w+", plain(text)) if w not in _SLIGHT
        ).upper()
        if len(initials) >= SHORTEST and initials not in _KNOWN_CAPITALS:
            self.capitals.setdefault(initials, operator)
        for acronym in capitals(text):
            if (
                len(acronym) > 2
                and acronym not in _KNOWN_CAPITALS
                and plain(acronym) not in territories
            ):
                self.capitals.setdefault(acronym, operator)

    def add_identifier(self, operator: str, text: str) -> None:
        """Add a number, an address or another text that leads to one operator."""
        digits = re.sub(r"\D", "", text)
        if len(digits) in (9, 14) and len(digits) >= len(compact(text)) - 2:
            self.digits.setdefault(digits, operator)
            self.digits.setdefault(digits[:9], operator)
        elif re.search(r"[^\W\d_]", text):
            address = re.sub(r"^\s*(?:https?://)?(?:www\.)?", "", text.strip().lower())
            domain = re.split(r"[/?#]", address.rpartition("@")[2])[0]
            label = compact(domain.rpartition(".")[0] or domain)
            for run in (compact(address), label):
                if len(run) > SHORTEST and run not in _GENERIC:
                    self.runs.setdefault(run, operator)

    def find(self, text: str, *, loose: bool = False) -> Iterator[tuple[str, str, str]]:
        """Yield (kind, telling part, operator) for each operator that a text names, once each.

        Parameters
        ----------
        text : str
            Any text.
        loose : bool
            Whether words have no clear ends, as between bytes: longer names are then found inside others too.
        """
        seen = set()
        for kind, part, operator in self._inside(text) if loose else self._found(text):
            if (kind, operator) not in seen:
                seen.add((kind, operator))
                yield kind, part, operator

    def _inside(self, text: str) -> Iterator[tuple[str, str, str]]:
        whole = compact(text)
        for run, operator in self.runs.items():
            if len(run) > SHORTEST + 1 and run in whole:
                yield "name", run, operator

    def _found(self, text: str) -> Iterator[tuple[str, str, str]]:
        listed = words(text)
        longest = max(map(len, self.runs), default=0)
        for start in range(len(listed)):
            run = ""
            for word in listed[start : start + _LONGEST_RUN]:
                run += word
                if len(run) > longest:
                    break
                if run in self.runs:
                    yield (
                        "name",
                        " ".join(listed[start : start + _LONGEST_RUN])[: len(run) + 20],
                        self.runs[run],
                    )
        if self.capitals:
            for acronym in capitals(text) & self.capitals.keys():
                yield "name", acronym, self.capitals[acronym]
        for digits in long_digits(text):
            for length in (14, 9):
                if digits[:length] in self.digits and len(digits) >= length:
                    yield "identifier", digits, self.digits[digits[:length]]
                    break


def name_index(
    names: Iterable[tuple[str, str]],
    identifiers: Iterable[tuple[str, str]],
    territories: Iterable[str],
) -> NameIndex:
    """Return the index of names.

    Parameters
    ----------
    names : iterable of (str, str)
        Operator, and a name under which it is known.
    identifiers : iterable of (str, str)
        Operator, and a number or an address of its own.
    territories : iterable of str
        Names of départements and regions, which name no operator by themselves.
    """
    index = NameIndex()
    # Names themselves first: a shortened form of one operator may be the name of another.
    places = frozenset(compact(name) for name in territories) | frozenset(
        w for t in territories for w in words(t)
    )
    pairs = sorted(set(names))
    for operator, name in pairs:
        run = compact(name)
        if len(run) >= SHORTEST and run not in places and run not in _GENERIC:
            index.runs.setdefault(run, operator)
    for operator, name in pairs:
        index.add(operator, name, places)
    for operator, text in sorted(set(identifiers)):
        index.add_identifier(operator, text)
    return index
