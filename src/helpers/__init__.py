"""Helpers of the OPSN study: clean the evidence, find classes of operators, export narrative reports."""

__version__ = "0.1.0"


def load_ipython_extension(shell) -> None:
    """Make a notebook ready: ``%%narrative`` and the style of the figures (``%load_ext helpers``)."""
    from helpers import figures, narrative

    narrative.forget_used()
    narrative.register(shell)
    figures.use_style()


def unload_ipython_extension(shell) -> None:
    """Take ``%%narrative`` away again (``%unload_ext helpers``)."""
    from helpers import narrative

    narrative.unregister(shell)
