"""Results of long functions, kept between builds."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path

import joblib
import numpy as np

from claimbook.depend import Sources, digest, environment

#: Environment variable that names the folder; where it is not set, nothing is remembered.
VARIABLE = "CLAIMBOOK_MEMORY"
#: Results that are kept of each function: the oldest go.
KEPT = 20


@lru_cache(maxsize=64)
def _code(module: str, folder: Path) -> tuple[str, tuple[str, ...]]:
    """Return one hash of what a module runs on, and the modules that it reaches."""
    sources = Sources(folder.parent / "syntax.json")
    # The notebook does not read what is read here to be hashed.
    sys.audit("claimbook.pause", True)
    try:
        versions = environment(folder.parent.parent / "requirements.lock")
        return digest([versions, sources.code(module)]), tuple(sources.reached(module))
    finally:
        sys.audit("claimbook.pause", False)


def _place(rng: np.random.Generator) -> tuple:
    """Return where a generator is in its stream, and how many it has spawned."""
    seed = rng.bit_generator.seed_seq
    return rng.bit_generator.state, seed.entropy, seed.spawn_key, seed.n_children_spawned


def remember(function: Callable) -> Callable:
    """Keep what a function returns in a build, by its arguments and the code that it runs.

    A result is found again for equal arguments as long as no module that the function's own module
    imports has changed (docstrings and comments apart), and no library. Generators among the
    arguments are left where the function leaves them. The function must depend on nothing else:
    it reads no file.

    Parameters
    ----------
    function : callable
        Of a module of the project; its arguments and its result can be pickled.

    Returns
    -------
    callable
        The same function, slower the first time only.
    """

    @wraps(function)
    def remembered(*args, **kwargs):
        if not os.environ.get(VARIABLE):
            return function(*args, **kwargs)
        folder = Path(os.environ[VARIABLE])
        code, modules = _code(function.__module__, folder)
        given = {**dict(enumerate(args)), **kwargs}
        streams = [value for value in given.values() if isinstance(value, np.random.Generator)]
        plain = {
            name: _place(value) if isinstance(value, np.random.Generator) else value
            for name, value in given.items()
        }
        path = folder / function.__name__ / f"{joblib.hash([code, plain])}.pkl"
        # A file that is cut short or of another version is made again.
        with contextlib.suppress(Exception):
            result, places = joblib.load(path)
            for rng, (state, _, _, spawned) in zip(streams, places, strict=True):
                seed = rng.bit_generator.seed_seq
                seed.spawn(spawned - seed.n_children_spawned)
                rng.bit_generator.state = state
            # What the function would have imported counts as used, too.
            for module in modules:
                importlib.import_module(module)
            return result
        result = function(*args, **kwargs)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}.part")
            joblib.dump((result, [_place(rng) for rng in streams]), part)
            part.replace(path)
            kept = sorted(path.parent.glob("*.pkl"), key=lambda found: found.stat().st_mtime)
            for old in kept[:-KEPT]:
                old.unlink()
        return result

    return remembered
