"""Notebooks to reports whose numbers are checked claims."""


def load_ipython_extension(shell) -> None:
    """Add ``%%narrative`` and set the style of the figures (``%load_ext claimbook``)."""
    from claimbook import figures, prose

    prose.register(shell)
    figures.use_style()
