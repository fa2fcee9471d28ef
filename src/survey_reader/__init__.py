"""A survey's export in, tidy tables out: by a declared mapping, and with a ledger of every repair."""

from survey_reader.declared import read_mapping
from survey_reader.edition import clean_survey, inspect_export
from survey_reader.reading import Survey, read_survey
from survey_reader.tidy import SURVEY_TABLES, tidy_tables

__all__ = [
    "SURVEY_TABLES",
    "Survey",
    "clean_survey",
    "inspect_export",
    "read_mapping",
    "read_survey",
    "tidy_tables",
]
