"""Notebooks to reports whose numbers are checked claims."""

CLAIMS_MIME = "application/vnd.opsn.claims+json"
DATA_MIME = "application/vnd.opsn.data+json"


def load_ipython_extension(shell) -> None:
    """Add ``%%narrative`` and set the style of the figures (``%load_ext claimbook``)."""
    from claimbook import figures, prose

    prose.register(shell)
    figures.use_style()


def unload_ipython_extension(shell) -> None:
    """Take ``%%narrative`` away again (``%unload_ext claimbook``)."""
    shell.magics_manager.magics["cell"].pop("narrative", None)
