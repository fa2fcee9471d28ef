"""Wrap the code of notebooks at 100 characters: ``python scripts/format_notebooks.py NOTEBOOK...``.

Long strings become several that Python joins to the same value; Ruff lays out the rest. Prose
(Markdown and ``%%narrative`` cells), ids and metadata stay as they are.
"""

import ast
import io
import json
import re
import subprocess
import sys
import textwrap
import tokenize
from pathlib import Path

WIDTH = 100
RUFF = [str(Path(sys.executable).parent / "ruff"), "format", f"--line-length={WIDTH}", "-"]
# A string is cut after a space, but not inside the name of a character or a hole of a template.
PIECE = re.compile(r"(?:\\N\{[^}]*\}|\{[{%].*?[%}]\}|\\.|[^\\ ])* *")
PLAIN = re.compile(r"""[rRuU]?["'](?!["']{2})""")
COMMENT = re.compile(r"( *)# (.*)")


def wrapped_string(source, room):
    """Return the source of a string as pieces of at most `room` characters, each on its line."""
    prefix, quote, body = re.fullmatch(r"""(\w*)(["'])(.*)\2""", source).groups()
    lines = [""]
    for piece in PIECE.findall(body):
        if lines[-1] and len(lines[-1] + piece) > room:
            lines.append("")
        lines[-1] += piece
    return "\n".join(f"{prefix}{quote}{line}{quote}" for line in lines)


def split_long_lines(source):
    """Return Python whose long strings and comments go over several lines."""
    lines = source.splitlines(keepends=True)
    found = tokenize.generate_tokens(io.StringIO(source).readline)
    tokens = [token for token in found if token.type not in (tokenize.NL, tokenize.COMMENT)]
    for before, token, after in reversed(list(zip(tokens, tokens[1:], tokens[2:], strict=False))):
        (row, start), (last, end) = token.start, token.end
        if row != last or not PLAIN.match(token.string) or len(lines[row - 1].rstrip()) <= WIDTH:
            continue
        line = lines[row - 1]
        indent = len(line) - len(line.lstrip())
        room = WIDTH - indent - 8
        new = wrapped_string(token.string, min(room, max(len(token.string) - 10, 40)))
        if "\n" in new and (before.string, after.string) != ("(", ")"):
            new = f"({new})"
        lines[row - 1] = line[:start] + new + line[end:]
    for number, line in enumerate(lines):
        comment = COMMENT.fullmatch(line.rstrip())
        if comment and len(line) > WIDTH:
            start = f"{comment[1]}# "
            parts = textwrap.wrap(comment[2], WIDTH, initial_indent=start, subsequent_indent=start)
            lines[number] = "\n".join(parts) + "\n"
    return "".join(lines)


def formatted(source):
    """Return the source of a code cell with its lines wrapped."""
    code, previous = re.sub(r"^([%!?].*)$", r"# MAGIC \1", source, flags=re.MULTILINE), None
    meaning = ast.dump(ast.parse(code))
    while code != previous:
        done = subprocess.run(RUFF, input=code, capture_output=True, text=True, check=True)
        previous, code = code, split_long_lines(done.stdout)
        assert ast.dump(ast.parse(code)) == meaning, "the code would change"
    return re.sub("^# MAGIC ", "", done.stdout, flags=re.MULTILINE).rstrip("\n")


def main(paths):
    """Wrap the code cells of notebooks."""
    for path in map(Path, paths):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and not source.lstrip().startswith("%%"):
                cell["source"] = formatted(source).splitlines(keepends=True)
        text = json.dumps(notebook, ensure_ascii=False, indent=1)
        path.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
