"""Which operator of one edition is which of another: sure pairs, doubtful ones for a person to decide, and a panel.

A pair is only made where the number or the name leaves no choice. Whatever is doubtful is listed, never guessed.
"""

from survey_reader.matching.canonical import canonical
from survey_reader.matching.decisions import (
    DECISIONS,
    decisions_path,
    read_decisions,
    write_undecided,
)
from survey_reader.matching.match import Matching, Pair, match
from survey_reader.matching.panel import entities, matched_table, panel

__all__ = [
    "DECISIONS",
    "Matching",
    "Pair",
    "canonical",
    "decisions_path",
    "entities",
    "match",
    "matched_table",
    "panel",
    "read_decisions",
    "write_undecided",
]
