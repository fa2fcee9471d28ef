"""Scripts of the project as modules."""

import importlib.util

from helpers.paths import project_root


def script(name: str):
    """Return a fresh module of ``scripts/<name>.py``."""
    path = project_root() / "scripts" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
