"""Read a YAML file as text alone: no value changes its type, no key stands twice, nothing refers to anything else."""

from __future__ import annotations

from pathlib import Path

import yaml

from claimbook.errors import DataError

LARGEST = 1_000_000
DEEPEST = 12
# The compiled parser where the library has it: the same result, some twenty times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Lines(dict):
    """A mapping that remembers on which line each of its keys stands.

    Attributes
    ----------
    line : int
        Line of the mapping itself.
    lines : dict
        Line by key.
    """

    def __init__(self, line: int = 1):
        super().__init__()
        self.line, self.lines = line, {}


def read_yaml(path: Path, name: str) -> Lines:
    """Return a YAML file as nested `Lines`, lists and text.

    Parameters
    ----------
    path : Path
    name : str
        Name of the file in errors.

    Raises
    ------
    DataError
        If it is not there, is no YAML, is too large, repeats a key, uses an alias, or is no mapping.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            name, f"the file cannot be read ({error.strerror})", "put it there"
        ) from None
    if len(content) > LARGEST:
        raise DataError(
            name, f"the file is larger than {LARGEST:,} bytes", "keep declarations only"
        )
    try:
        text = content.decode("utf-8-sig")
        # Aliases are refused before anything is composed: a few of them can stand for millions of values.
        depth = 0
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(
                event, yaml.CollectionEndEvent
            )
            if depth > DEEPEST:
                row = event.start_mark.line + 1
                raise DataError(
                    name, "the values are nested too deeply", "write them flat", row=row
                )
            if isinstance(event, yaml.events.AliasEvent):
                raise DataError(
                    name, "an alias (*)", "write the value out", row=event.start_mark.line + 1
                )
        found = _plain(yaml.compose(text, Loader=_LOADER), name)
    except UnicodeDecodeError:
        raise DataError(name, "the file is not UTF-8", "save it as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        row = None if mark is None else mark.line + 1
        raise DataError(name, f"the line cannot be read ({problem})", "mend it", row=row) from None
    if not isinstance(found, Lines):
        raise DataError(name, "the file has no entries", "declare the survey and its questions")
    return found


def _plain(node, name: str):
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, name) for child in node.value]
    if node is None:
        return None
    found = Lines(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise DataError(
                name, "a name that is not text", "write a plain name before the colon", row=line
            )
        key = key_node.value
        if key in found:
            raise DataError(name, f"'{key}' stands twice", "keep one of them", row=line, value=key)
        found[key], found.lines[key] = _plain(value_node, name), line
    return found
