"""Raw rows, combinations that only one operator has, and pseudonyms that stop hiding anyone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from claimbook.protect.leaks.finding import Content, Leak, Piece, Table
from claimbook.protect.leaks.knowledge import _YES, Knowledge
from claimbook.protect.leaks.words import numbers, plain, stems
from claimbook.protect.pseudonyms import PSEUDONYM

# So many answers of one operator side by side are its row, even under headings of which nothing is known.
SIDE_BY_SIDE = 5
_LONGEST = 6
# Fewer answers under known headings could be those of a group.
LEAST_ANSWERS = 3
_NO = frozenset({"not_offered", "non", "no", "false", "0", "-", "", "faux", "unseen"})
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n")
_HIDDEN = frozenset({"s", "", "n. d.", "—", "-"})


def find_rows(content: Content, known: Knowledge) -> Iterator[Leak]:
    """Yield the rows of tables and records that hold what fewer operators than the threshold answered."""
    records = {
        operator: {_normal(held[operator]) for held in known.answers.values() if operator in held}
        - {"yes", "no", ""}
        for operator in known.operators
    }
    normal = {
        variable: {
            o: _forms(held.get(o, ""), known.words.get(variable, {})) for o in known.operators
        }
        for variable, held in known.answers.items()
    }
    for table in content.tables:
        for headings, rows, lines in (_as_it_is(table), _turned(table)):
            yield from _under_known_headings(table, headings, rows, lines, known, normal)
        for row, line in zip(table.rows, table.lines, strict=True):
            yield from _side_by_side(table, row, line, records)
            yield from _combination(table.file, line, table.place, row, known)


def _as_it_is(table: Table):
    return table.headings, table.rows, table.lines


def _turned(table: Table):
    """Return a table with its rows as columns: one operator per column is a list of raw rows too."""
    width = len(table.headings)
    if width < 2 or any(len(row) != width for row in table.rows):
        return [], [], []
    columns = list(zip(*table.rows, strict=True))
    return (
        ["", *columns[0]],
        [[table.headings[n], *columns[n]] for n in range(1, width)],
        [table.lines[0]] * (width - 1),
    )


def _normal(text: str) -> str:
    word = plain(text).strip()
    if word in _YES:
        return "yes"
    if word in _NO:
        return "no"
    read = [value for _, value in numbers(text)]
    return f"{read[0]:.10g}" if len(read) == 1 and not re.search(r"[^\W\d_]", text) else word


def _forms(value: str, words: dict[str, str]) -> set[str]:
    """Return the forms in which an answer may be shown: its code, and the words that stand for it."""
    return {_normal(value), _normal(words.get(value, value))}


def _under_known_headings(table, headings, rows, lines, known, normal) -> Iterator[Leak]:
    for columns in _readings(headings, known):
        for row, line in zip(rows, lines, strict=True):
            shown = {
                v: _normal(row[n])
                for n, v in columns
                if n < len(row) and row[n].strip() not in _HIDDEN
            }
            if len(shown) < LEAST_ANSWERS:
                continue
            owners = [
                o for o in known.operators if all(x in normal[v][o] for v, x in shown.items())
            ]
            if 0 < len(owners) < known.threshold:
                part = " | ".join(f"{v}: {x}" for v, x in shown.items())
                why = f"these are the answers of {', '.join(owners)} ({table.place})"
                yield Leak(table.file, line, "raw row", part, why)


def _readings(headings, known) -> Iterator[list[tuple[int, str]]]:
    """Yield (column, variable) pairs for each way to read headings: one label may serve several questions."""
    named = [
        (n, known.by_label[plain(h).strip()])
        for n, h in enumerate(headings)
        if plain(h).strip() in known.by_label
    ]
    questions = sorted(
        {v.partition(":")[0] for _, variables in named for v in variables if ":" in v}
    )
    seen = []
    for question in ["", *questions]:
        columns = []
        for n, variables in named:
            fitting = [v for v in variables if ":" not in v or v.partition(":")[0] == question]
            if fitting:
                columns.append((n, fitting[-1]))
        if len({v for _, v in columns}) >= LEAST_ANSWERS and columns not in seen:
            seen.append(columns)
            yield columns


def _side_by_side(table, row, line, records) -> Iterator[Leak]:
    cells = {_normal(cell) for cell in row} - {"yes", "no", ""}
    if len(cells) < SIDE_BY_SIDE:
        return
    for operator, own in records.items():
        same = cells & own
        if len(same) >= SIDE_BY_SIDE and len(same) >= 0.6 * len(cells):
            part = " | ".join(sorted(same))
            yield Leak(
                table.file,
                line,
                "raw row",
                part,
                f"these are answers of {operator} ({table.place})",
            )


def _quasi(text: str, known: Knowledge) -> dict[str, set[str]]:
    """Return the values of quasi-identifiers that a text holds, by variable: of several words, the longest run."""
    listed = stems(text)
    found: dict[str, set[str]] = {}
    start = 0
    while start < len(listed):
        taken = 1
        for length in range(min(_LONGEST, len(listed) - start), 0, -1):
            meant = known.runs.get(" ".join(listed[start : start + length]))
            if meant:
                for variable, value in meant:
                    found.setdefault(variable, set()).add(value)
                taken = length
                break
        start += taken
    return found


def _owners(values: dict[str, set[str]], known: Knowledge) -> set[str]:
    owners = set(known.operators)
    for variable, chosen in values.items():
        owners &= set.union(*(known.groups[variable][value] for value in chosen))
    return owners


def _combination(file, line, place, cells, known) -> Iterator[Leak]:
    text = " ; ".join(cells)
    values = {
        variable: chosen for variable, chosen in _quasi(text, known).items() if len(chosen) == 1
    }
    owners = _owners(values, known)
    rest = [
        c
        for c in cells
        if c.strip() not in _HIDDEN and not _quasi(c, known) and re.search(r"\d", c)
    ]
    if rest and _dimensions(values, known) > 1 and 0 < len(owners) < known.threshold:
        part = " + ".join(sorted(v for chosen in values.values() for v in chosen))
        yield Leak(
            file,
            line,
            "combination",
            part,
            f"only {', '.join(sorted(owners))} fits, beside {rest[0]!r} ({place})",
        )


def _dimensions(variables: Iterable[str], known: Knowledge) -> int:
    """Return how many variables narrow each other down: a region says nothing more beside one of its départements."""
    kept: list[str] = []
    for variable in sorted(variables):
        if not any(
            _nested(variable, other, known) or _nested(other, variable, known) for other in kept
        ):
            kept.append(variable)
    return len(kept)


def _nested(inner: str, outer: str, known: Knowledge) -> bool:
    """Tell whether every group of one variable lies within a group of the other one."""
    wider = list(known.groups[outer].values())
    return all(any(group <= other for other in wider) for group in known.groups[inner].values())


def find_combinations(pieces: list[Piece], known: Knowledge) -> Iterator[Leak]:
    """Yield the sentences that combine quasi-identifiers until too few operators are left."""
    for piece in pieces:
        for sentence in _SENTENCE.split(piece.text):
            if len(sentence) < 400:
                yield from _combination(
                    piece.file, piece.line, piece.place, [sentence, *_shown(sentence)], known
                )


def _shown(sentence: str) -> list[str]:
    return [written for written, _ in numbers(sentence)]


class Pseudonyms:
    """Gathers what is told of each pseudonym over all files, until it fits too few operators."""

    def __init__(self, known: Knowledge):
        self.known = known
        self.told: dict[str, dict[str, set[str]]] = {}
        self.done: set[str] = set()

    def read(self, file: str, line: int, place: str, text: str) -> Iterator[Leak]:
        """Yield a leak if a text tells enough of a pseudonym, together with what was read before."""
        for code in {match[1] for match in PSEUDONYM.finditer(text)}:
            operator = self.known.pseudonyms.get(code)
            if operator is None or code in self.done:
                continue
            told = self.told.setdefault(code, {})
            for variable, chosen in _quasi(text, self.known).items():
                own = {v for v in chosen if operator in self.known.groups[variable][v]}
                if own:
                    told.setdefault(variable, set()).update(own)
            fitting = set(self.known.operators)
            for variable, chosen in told.items():
                for value in chosen:
                    fitting &= self.known.groups[variable][value]
            if told and 0 < len(fitting) < self.known.threshold:
                self.done.add(code)
                part = " + ".join(sorted(v for chosen in told.values() for v in chosen))
                why = f"beside the pseudonym {code}, this fits only {', '.join(sorted(fitting))} ({place})"
                yield Leak(file, line, "pseudonym", part, why)
