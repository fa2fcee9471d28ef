"""What a running notebook remembers: kept on its shell, so that it ends with the kernel."""

from __future__ import annotations

from types import SimpleNamespace


def session() -> SimpleNamespace:
    """Return the state of the running notebook.

    Returns
    -------
    SimpleNamespace
        The same object for every call within one IPython shell, with the attributes that callers
        set; a new, empty one where no shell runs.
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return SimpleNamespace()
    if not hasattr(shell, "claimbook_session"):
        shell.claimbook_session = SimpleNamespace()
    return shell.claimbook_session
