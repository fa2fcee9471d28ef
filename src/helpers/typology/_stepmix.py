"""StepMix, imported without the warnings that its source gives when Python compiles it for the first time."""

import warnings

with warnings.catch_warnings():
    # Its docstrings hold invalid escapes, which a fresh install reports and our settings would turn into errors.
    warnings.simplefilter("ignore")
    from stepmix import StepMix
    from stepmix.corrections import compute_bch_matrix

__all__ = ["StepMix", "compute_bch_matrix"]
