"""Notebooks to reports whose numbers are checked claims."""


def load_ipython_extension(shell) -> None:
    """Make a notebook ready: ``%%narrative`` and the style of the figures (``%load_ext claimbook``)."""
    from claimbook import figures, prose

    prose.forget_used()
    prose.register(shell)
    figures.use_style()


def unload_ipython_extension(shell) -> None:
    """Take ``%%narrative`` away again (``%unload_ext claimbook``)."""
    from claimbook import prose

    prose.unregister(shell)
