"""Mistakes that people make in data, code, charts and prose: one small edit each, at a real place.

A kind of mistake is found by a pattern or in the syntax tree, wherever the collection offers it.
"""

import ast
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.loading import cases

CASES = cases(__file__, "mistakes.yml")
WORDS, UNITS = CASES["words"], CASES["units"]

Place = tuple[int, int, str]
Find = Callable[[str], Iterator[Place]]


# --- where a text may be mistaken ---------------------------------------------------------------


def pattern(found: str, new: Callable[[re.Match], str | None]) -> Find:
    """Return what finds a pattern; `new` writes a match otherwise, or leaves it with None."""

    def find(text: str) -> Iterator[Place]:
        for match in re.finditer(found, text):
            other = new(match)
            if other is not None:
                yield (*match.span(), other)

    return find


def replaced(found, around: str = "{}") -> Find:
    """Return what finds each of some patterns in its surroundings, to write its counterpart."""

    def find(text: str) -> Iterator[Place]:
        for old, new in found:
            yield from pattern(around.replace("{}", old), lambda match, new=new: new)(text)

    return find


def pairs(found) -> Find:
    """Return what finds whole words, and their counterparts."""
    wanted = [*found, *(pair[::-1] for pair in found if "?" not in pair[0])]
    return replaced(wanted, r"(?<![\w|\[\"'.]){}(?![\w\"'(])")


def quoted(found) -> Find:
    """Return what finds words in the texts of a figure or a table, of which `found` is one."""

    def find(text: str) -> Iterator[Place]:
        for start, end, new in pairs(found)(text):
            before = text[:start].rpartition("\n")[2].strip()
            if before.startswith(("title=", "reading=", "scope=", '"')) and before.count('"') % 2:
                yield start, end, new

    return find


def exchanged(found, around: str) -> Find:
    """Return what finds names of pairs in their surroundings, such as "[{}]"."""
    other = {name: new for pair in found for name, new in (pair, pair[::-1])}
    names = re.escape(around).replace(r"\{\}", f"({'|'.join(map(re.escape, other))})")
    return pattern(names, lambda match: around.replace("{}", other[match[1]]))


def called(names: str, new: str) -> Find:
    """Return what finds calls of methods; `new` writes them with {call} and {of}."""

    def write(node: ast.AST, text: str) -> str | None:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            return None
        if node.func.attr not in names.split():
            return None
        call, of = (ast.get_source_segment(text, part) for part in (node, node.func.value))
        given = ", ".join(ast.get_source_segment(text, part) for part in node.args)
        return new.format(call=call, of=of, given=given)

    return in_syntax(write)


def in_syntax(write: Callable[[ast.AST, str], str | None]) -> Find:
    """Return what finds nodes of the syntax tree that `write` writes otherwise."""

    def find(text: str) -> Iterator[Place]:
        try:
            tree = ast.parse(text)
        except SyntaxError:  # a cell with a magic
            return
        starts = np.cumsum([0, *(len(line) for line in text.splitlines(keepends=True))])
        lines = text.splitlines()
        for node in ast.walk(tree):
            new = write(node, text)
            if new is None:
                continue
            ends = ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))
            start, end = (
                int(starts[line - 1]) + len(lines[line - 1].encode()[:column].decode())
                for line, column in ends
            )
            yield start, end, new

    return find


def _one_more(node: ast.AST, text: str) -> str | None:
    """Write a whole number in an index, a comparison or a sum one higher."""
    inside = {ast.Subscript: ("slice",), ast.Compare: ("comparators",), ast.BinOp: ("right",)}
    for part in inside.get(type(node), ()):
        held = getattr(node, part)
        held = held[0] if isinstance(held, list) else held
        if isinstance(held, ast.Constant) and type(held.value) is int:
            before = ast.get_source_segment(text, node)
            return re.sub(rf"\b{held.value}\b(?!.*\b{held.value}\b)", str(held.value + 1), before)
    return None


def _denominator(node: ast.AST, text: str) -> str | None:
    """Write a share of a whole as a share of both."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
        return None
    top, below = (ast.get_source_segment(text, part) for part in (node.left, node.right))
    if '"' in below[:2] or re.search("layout|root|path|folder", top):  # a path
        return None
    return f"({top}) / ({top} + {below})"


def other_order(match: re.Match) -> str | None:
    """Exchange two holes of a line."""
    return None if match[1] == match[3] else f"{match[3]}{match[2]}{match[1]}"


def other_labels(match: re.Match) -> str:
    """Exchange the labels of two lines."""
    return f"{match[1]}{match[4]}{match[3]}{match[2]}"


def no_last_word(match: re.Match) -> str | None:
    """Leave out the last word of a heading."""
    line = match.string[: match.start()].rpartition("\n")[2]
    return "" if line.startswith("#") else None


def one_higher(match: re.Match) -> str:
    """Write a number one higher, with as many digits."""
    return str(int(match[0]) + 1).zfill(len(match[0]))


def rows(text: str) -> Iterator[Place]:
    """Find the rows of a table and write each twice."""
    start = 0
    for number, line in enumerate(text.splitlines(keepends=True)):
        if number:
            yield start, start + len(line), line * 2
        start += len(line)


def swapped_cells(text: str) -> Iterator[Place]:
    """Find two neighbouring cells that differ and exchange them."""
    for start, end, _ in rows(text):
        (cells,) = csv.reader([text[start:end]])
        for place in range(len(cells) - 1):
            if cells[place] and cells[place + 1] and cells[place] != cells[place + 1]:
                new = [*cells[:place], *cells[place : place + 2][::-1], *cells[place + 2 :]]
                line = io.StringIO()
                csv.writer(line, lineterminator=text[end - 1 : end]).writerow(new)
                yield start, end, line.getvalue()
                break


def headers(text: str) -> Iterator[Place]:
    """Find the headings of two columns and exchange them."""
    end = text.index("\n")
    names = text[:end].split(",")
    for place in range(len(names) - 1):
        new = [*names[:place], *names[place : place + 2][::-1], *names[place + 2 :]]
        yield 0, end, ",".join(new)


def neighbours(text: str) -> Iterator[Place]:
    """Find two neighbouring cells that tell something and exchange them."""
    cells = json.loads(text)["cells"]
    written = [json.dumps(cell, ensure_ascii=False, indent=1) for cell in cells]
    told = ["%%narrative" in cell or "study.figure(" in cell for cell in written]
    lines = [re.sub("(?m)^", "  ", cell) for cell in written]
    for place in range(len(cells) - 1):
        both = f"{lines[place]},\n{lines[place + 1]}"
        if told[place] and told[place + 1] and both in text:
            start = text.index(both)
            yield start, start + len(both), f"{lines[place + 1]},\n{lines[place]}"


# --- kinds of mistakes --------------------------------------------------------------------------

#: What finds the places of a kind; how many are in the trial, and in which files, say the cases.
FINDERS: dict[str, Find] = {
    "data, year": pattern(r"(?<=,)20[12]\d(?=,)", one_higher),
    "data, digit": pattern(r"(?m)(?<=[,\d])\d(?=,)", lambda match: one_higher(match)[-1]),
    "data, département": pattern(r"(?<=[,|])\d[0-8](?=[,|])", one_higher),
    "data, row twice": rows,
    "data, cells exchanged": swapped_cells,
    "data, columns exchanged": headers,
    "code, off by one": in_syntax(_one_more),
    "code, denominator": in_syntax(_denominator),
    "code, extreme": exchanged(CASES["extremes"], ".{}("),
    "code, sort without labels": called("sort_values", "{call}.set_axis({of}.index)"),
    "code, cumulated": called("value_counts size", "{call}.cumsum()"),
    "code, not aligned": called("reindex", "{of}.set_axis({given})"),
    "code, year": pattern(r"(?<=[=<>:] )20[12]\d\b", one_higher),
    "code, column": exchanged(CASES["columns"], '["{}"]'),
    "chart": replaced([(re.escape(old), new) for old, new in CASES["charts"]]),
    "prose, word": pairs(WORDS),
    "prose, unit": pairs(UNITS),
    "prose, holes": pattern(r"(\{\{[^}]*\}\})([^\n{}]*)(\{\{[^}]*\}\})", other_order),
    "caption": quoted((*WORDS, *UNITS)),
    "format": exchanged(CASES["formats"], "| {} "),
    "labels": pattern(
        r"(\w+: )(\[.*\])\n(  \w+: )(\[.*\])", lambda match: match.expand(r"\1\4\n\3\2")
    ),
    "heading": pattern(r"(?m)(?<=\w) [^\s#]+$", no_last_word),
    "order of cells": neighbours,
}
#: Kind: how many in the trial, and in which files.
KINDS: dict[str, tuple[int, str]] = CASES["kinds"]


@dataclass(frozen=True)
class Site:
    """A place where a mistake of a kind can be made: file below the root, cell, edit."""

    kind: str
    file: str
    cell: int | None
    edit: Place

    def made(self, root: Path) -> str:
        """Make the mistake in a copy of the project; return what was done, on one line."""
        path, (start, end, new) = root / self.file, self.edit
        whole = path.read_bytes().decode("utf-8")
        book = None if self.cell is None else json.loads(whole)
        text = whole if book is None else "".join(book["cells"][self.cell]["source"])
        old, other = text[start:end], text[:start] + new + text[end:]
        where = f"line {text[:start].count(chr(10)) + 1}"
        if book is not None:
            where = f"cell {book['cells'][self.cell]['id']}"
            book["cells"][self.cell]["source"] = other.splitlines(keepends=True)
            other = json.dumps(book, ensure_ascii=False, indent=1) + "\n"
        path.write_bytes(other.encode("utf-8"))
        return f"{self.kind}: {self.file}, {where}: {old[:60]!r} -> {new[:60]!r}"


def _suits(kind: str, source: str, cell_type: str) -> bool:
    """Tell whether a cell of a notebook is one in which a kind of mistake is made."""
    told = cell_type == "markdown" or source.startswith("%%")
    if kind.startswith(("prose", "heading", "format")):
        return told
    return not told


def sites(root: Path, kind: str) -> Iterator[Site]:
    """Yield every place of the project where a kind of mistake can be made."""
    globs = [one for name in KINDS[kind][1].split() for one in CASES["files"][name]]
    for path in sorted({found for one in globs for found in root.glob(one)}):
        file, text = path.relative_to(root).as_posix(), path.read_bytes().decode("utf-8")
        texts = [(None, text)]
        if path.suffix == ".ipynb" and kind != "order of cells":
            cells = json.loads(text)["cells"]
            sources = [("".join(cell["source"]), cell["cell_type"]) for cell in cells]
            texts = [(n, s) for n, (s, told) in enumerate(sources) if _suits(kind, s, told)]
        for cell, source in texts:
            for edit in FINDERS[kind](source):
                yield Site(kind, file, cell, edit)


def drawn(root: Path, seed: int, kinds=KINDS) -> list[Site]:
    """Return the mistakes of the trial: so many of each kind, drawn at random, file by file."""
    rng, chosen = np.random.default_rng(seed), []
    for kind in kinds:
        found: dict[str, list[Site]] = {}
        for site in sites(root, kind):
            found.setdefault(site.file, []).append(site)
        files = [list(found)[place] for place in rng.permutation(len(found))]
        for turn in range(KINDS[kind][0]):
            every = found[files[turn % len(files)]]
            chosen.append(every.pop(rng.integers(len(every))))
            files = [file for file in files if found[file]]
    return chosen
