"""What a notebook really used: traced in the kernel that runs it, without asking the code that decides what runs again.

Two answers are taken. *Entered*: the helper functions that were called and the project's files that were opened in
this very run. *Bound*: the definitions that live code refers to, followed from the notebook's own variables through
the byte code and the globals of live functions: what a run on other data might enter.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

START = """
def _opsn_trace():
    import sys, threading
    seen, opened = set(), set()
    def look(frame, event, arg):
        code = frame.f_code
        # The body of a class runs when its module is imported: only what has locals of its own was called.
        if code.co_flags & 2 and "/helpers/" in code.co_filename:
            seen.add((code.co_filename, code.co_qualname))
        elif code.co_name == "__init__" and code.co_filename == "<string>":
            kind = type(frame.f_locals.get("self"))
            if kind.__module__.partition(".")[0] == "helpers":
                seen.add((sys.modules[kind.__module__].__file__, kind.__qualname__))
    def audit(event, arguments):
        if event == "open" and isinstance(arguments[0], (str, bytes)):
            mode = arguments[1]
            if mode is None or "r" in str(mode):
                opened.add(arguments[0] if isinstance(arguments[0], str) else arguments[0].decode())
    sys.addaudithook(audit)
    threading.settrace(look)
    sys.settrace(look)
    return seen, opened
_opsn_seen, _opsn_opened = _opsn_trace()
"""

# Written for a kernel: nothing of the helpers may be imported by it that the notebook has not imported.
END = """
def _opsn_result():
    import dis, functools, json, sys, types
    sys.settrace(None)
    helpers = {n: m for n, m in list(sys.modules.items()) if n.partition(".")[0] == "helpers" and m is not None}
    bound, waiting = set(), []
    def plain(thing):
        for attribute in ("py_func", "__wrapped__", "fget", "func"):
            thing = getattr(thing, attribute, None) or thing
        return thing
    def define(thing):
        thing = plain(thing)
        if isinstance(thing, types.ModuleType):
            return
        home, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
        if isinstance(thing, (type, types.FunctionType)) and isinstance(home, str) and home in helpers:
            top = name.partition(".")[0]
            if (home, top) not in bound and top in vars(helpers[home]):
                bound.add((home, top))
                waiting.append(vars(helpers[home])[top])
    def codes(code):
        yield code
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                yield from codes(constant)
    def values(thing, depth=0):
        yield thing
        if depth < 4 and isinstance(thing, (list, tuple, set, frozenset)):
            for item in thing:
                yield from values(item, depth + 1)
        elif depth < 4 and isinstance(thing, (dict, types.MappingProxyType)):
            for item in [*thing.values(), *thing.keys()]:
                yield from values(item, depth + 1)
        elif depth < 4 and type(thing).__module__ in helpers and not isinstance(thing, type):
            for item in list(getattr(thing, "__dict__", {}).values()):
                yield from values(item, depth + 1)
        elif isinstance(thing, functools.partial):
            yield thing.func
    def refer(code, space):
        for part in codes(code):
            owner, imported, pending, local = None, None, None, {}
            for step in dis.get_instructions(part):
                what, key = step.opname, step.argval
                if what in ("PRECALL", "PUSH_NULL", "CACHE", "EXTENDED_ARG", "NOP", "COPY"):
                    continue
                if owner is not None and what in ("LOAD_ATTR", "LOAD_METHOD"):
                    if owner.__name__ in helpers:
                        name(vars(owner), key)
                    found = vars(owner).get(key)
                    owner = found if isinstance(found, types.ModuleType) else None
                    continue
                if owner is not None and owner.__name__ in helpers and not what.startswith("STORE"):
                    # A module that is handed around as an object: any of its names may be asked for.
                    for other in list(vars(owner)):
                        name(vars(owner), other)
                owner = None
                if what in ("LOAD_GLOBAL", "LOAD_NAME"):
                    name(space, key)
                    found = local.get(key, space.get(key))
                    owner = found if isinstance(found, types.ModuleType) else None
                elif what in ("LOAD_FAST", "LOAD_DEREF", "LOAD_FAST_CHECK", "LOAD_CLASSDEREF"):
                    owner = local.get(key)
                elif what == "IMPORT_NAME":
                    imported = key
                    pending = sys.modules.get(key)
                elif what == "IMPORT_FROM":
                    if imported in helpers:
                        name(vars(helpers[imported]), key)
                    found = getattr(sys.modules.get(imported), key, None)
                    pending = found if isinstance(found, types.ModuleType) else None
                elif what.startswith("STORE_"):
                    if isinstance(pending, types.ModuleType):
                        local[key] = pending
                    pending = None
    def name(space, key):
        if key in space:
            thing = space[key]
            home = space.get("__name__")
            if home in helpers and not isinstance(thing, types.ModuleType) and (home, key) not in bound:
                if not isinstance(plain(thing), (type, types.FunctionType)):
                    bound.add((home, key))
            for value in values(thing):
                define(value)
                inner = type(value)
                if inner.__module__ in helpers:
                    define(inner)
    def follow(thing):
        thing = plain(thing)
        if isinstance(thing, types.FunctionType):
            refer(thing.__code__, thing.__globals__)
        elif isinstance(thing, type) and thing.__module__ in helpers:
            for value in vars(thing).values():
                value = plain(getattr(value, "__func__", value))
                if isinstance(value, types.FunctionType):
                    refer(value.__code__, value.__globals__)
            for base in thing.__mro__[1:]:
                define(base)
    shell = get_ipython()
    for cell in OPSN_SOURCES:
        refer(compile(shell.transform_cell(cell), "cell", "exec"), shell.user_ns)
    for extension in ("load_ipython_extension", "unload_ipython_extension"):
        if "helpers" in shell.extension_manager.loaded:
            name(vars(helpers["helpers"]), extension)
    homes = {module.__file__: name for name, module in helpers.items()}
    for file, qualified in _opsn_seen:
        top = qualified.partition(".")[0]
        if file in homes and top in vars(helpers[homes[file]]):
            define(vars(helpers[homes[file]])[top])
    while waiting:
        follow(waiting.pop())
    return json.dumps({
        "entered": sorted(map(list, _opsn_seen)), "opened": sorted(_opsn_opened),
        "modules": sorted(helpers), "bound": sorted(map(list, bound)),
    })
print(_opsn_result())
"""


@dataclass
class Used:
    """What a notebook used.

    Attributes
    ----------
    entered, bound : set of (str, str)
        Definitions, as module and name.
    modules : set of str
        Helper modules that were imported.
    opened : set of str
        Files of the project that were read, relative to its root.
    """

    entered: set = field(default_factory=set)
    bound: set = field(default_factory=set)
    modules: set = field(default_factory=set)
    opened: set = field(default_factory=set)


def traced(path: Path, root: Path, edition: str, kernels) -> Used:
    """Run a notebook in a real kernel and return what it used.

    Parameters
    ----------
    path : Path
        The notebook.
    root : Path
        Root of the project.
    edition : str
        Parameter of the notebook.
    kernels : claimbook.run.WarmKernels
        Where the kernel comes from.
    """
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    sources = [
        c.source
        for c in notebook.cells
        if c.cell_type == "code" and not c.source.lstrip().startswith("%%")
    ]
    watched = copy.deepcopy(notebook)
    end = END.replace("OPSN_SOURCES", repr(sources))
    cells = [
        nbformat.v4.new_code_cell(text, id=f"trace-{i}") for i, text in enumerate((START, end))
    ]
    watched.cells = [cells[0], *watched.cells, cells[1]]
    done = kernels.execute(
        watched, name=path.stem, parameters={"edition": edition}, cwd=path.parent, timeout=1800
    )
    found = json.loads(done.cells[-1].outputs[0].text)
    package = root / "src"
    entered = {
        (_module(Path(file), package), name.partition(".")[0]) for file, name in found["entered"]
    }
    opened = {Path(path.parent, name).resolve() for name in found["opened"]}
    return Used(
        entered={(module, name) for module, name in entered if module and not name.startswith("<")},
        bound={(module, name) for module, name in found["bound"]},
        modules=set(found["modules"]),
        opened={p.relative_to(root).as_posix() for p in opened if p.is_relative_to(root)},
    )


def _module(file: Path, package: Path) -> str:
    if not file.is_relative_to(package):
        return ""
    parts = file.relative_to(package).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def traced_step(root: Path, path: Path) -> set[tuple[str, str]]:
    """Return the definitions that the build itself enters to execute a notebook, in a process of its own.

    What the step writes is put back as it was: the build that follows must find what it remembers.
    """
    kept = {p: p.read_bytes() for p in (root / ".cache/executed").rglob("*") if p.is_file()}
    kept |= {p: p.read_bytes() for p in (root / "data/processed").rglob("*") if p.is_file()}
    done = subprocess.run(
        [sys.executable, "-c", _STEP, str(root), str(path)],
        env={**os.environ, "PYTHONPATH": str(root / "src"), "OPSN_ROOT": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    for path, content in kept.items():
        path.write_bytes(content)
    package = root / "src"
    found = {
        (_module(Path(file), package), name.partition(".")[0])
        for file, name in json.loads(done.stdout)
    }
    # Where things are and what is executed comes with the task: its names are those of its files.
    return {
        (module, name)
        for module, name in found
        if module and not module.startswith("claimbook.build.layout")
    }


_STEP = """
import json, sys, threading
from pathlib import Path
from claimbook.run import WarmKernels
from claimbook.build import steps
from claimbook.build.layout import Chapter, Layout
root = Path(sys.argv[1])
layout, chapter, seen = Layout(root, "public-2026"), Chapter(Path(sys.argv[2])), set()
def look(frame, event, arg):
    if frame.f_code.co_flags & 2 and "/helpers/" in frame.f_code.co_filename:
        seen.add((frame.f_code.co_filename, frame.f_code.co_qualname))
with WarmKernels() as kernels:
    threading.settrace(look)
    sys.settrace(look)
    steps.execute_chapter(layout, chapter, kernels)
    sys.settrace(None)
print(json.dumps(sorted(seen)))
"""
