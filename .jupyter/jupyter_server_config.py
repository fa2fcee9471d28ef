"""JupyterLab for this project, as ``make lab`` starts it."""

from pathlib import Path

from claimbook.tidy import before_save

ROOT = Path(__file__).resolve().parents[1]

c = get_config()  # noqa: F821 - Jupyter gives it
c.ServerApp.root_dir = str(ROOT)
c.FileContentsManager.pre_save_hook = before_save
c.LabApp.app_settings_dir = str(ROOT / ".jupyter" / "settings")
