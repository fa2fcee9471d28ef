"""What the zygote imports, and which warnings a kernel forgives."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterable

PRELOAD: tuple[str, ...] = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "IPython.core.magics",
    "IPython.extensions.storemagic",
    "IPython.display",
    "numpy",
    "pandas",
    "pandas.io.formats.style",
    "scipy.cluster.hierarchy",
    "scipy.optimize",
    "scipy.sparse.csgraph",
    "scipy.spatial.distance",
    "scipy.special",
    "scipy.stats",
    "sklearn.cluster",
    "sklearn.decomposition",
    "sklearn.linear_model",
    "sklearn.manifold",
    "sklearn.metrics",
    "sklearn.mixture",
    "sklearn.model_selection",
    "sklearn.preprocessing",
    "statsmodels.api",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "networkx",
    "numba",
    "stepmix",
    "prince",
    "fastcluster",
    "joblib",
    "rapidfuzz",
    "babel.dates",
    "babel.numbers",
    "frictionless",
    "jinja2",
    "mistune",
    "openpyxl",
    "yaml",
)
"""Modules imported once, in this order. Third-party only: the study's own code must be read anew by every kernel."""

_MACHINERY = (
    r"(asyncio|comm|ipykernel|IPython|jupyter_client|jupyter_core|tornado|traitlets|zmq)(\.|$)"
)
"""The message loop of the kernel: a deprecation raised inside it would break the loop, and is not the notebook's."""

_FORGIVEN: tuple[tuple[str, type[Warning], str], ...] = (
    ("", DeprecationWarning, _MACHINERY),
    ("", PendingDeprecationWarning, _MACHINERY),
    ("", ResourceWarning, _MACHINERY),
    # stepmix writes LaTeX in a plain docstring, which the compiler reports when no byte code is cached yet.
    ("invalid escape sequence", DeprecationWarning, r".*[/\\]stepmix[/\\]"),
    ("invalid escape sequence", SyntaxWarning, r".*[/\\]stepmix[/\\]"),
)


def warnings_as_errors() -> None:
    """Make every warning an error, but for the short list that is not the notebook's to mend."""
    warnings.resetwarnings()
    warnings.simplefilter("error")
    for message, category, module in _FORGIVEN:
        warnings.filterwarnings("ignore", message=message, category=category, module=module)


def import_all(modules: Iterable[str]) -> dict[str, str]:
    """Import modules, under the rules that a notebook's own imports obey.

    Parameters
    ----------
    modules : iterable of str
        Dotted names.

    Returns
    -------
    dict of str to str
        The modules that could not be imported, and why. They are no fault here: the notebook that needs one meets
        the same error, with its own traceback.
    """
    failed = {}
    with warnings.catch_warnings():
        warnings_as_errors()
        for name in modules:
            try:
                importlib.import_module(name)
            except Exception as error:
                failed[name] = f"{type(error).__name__}: {error}"
    return failed
