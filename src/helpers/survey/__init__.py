"""A survey's export in, tidy tables out: by a declared mapping, and with a ledger of every repair."""

from helpers.survey.declared import read_mapping
from helpers.survey.edition import clean_survey, inspect_export
from helpers.survey.reading import Survey, read_survey
from helpers.survey.tidy import SURVEY_TABLES, tidy_tables

__all__ = ["SURVEY_TABLES", "Survey", "clean_survey", "inspect_export", "read_mapping", "read_survey", "tidy_tables"]
