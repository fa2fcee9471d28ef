"""The survey of operators: what the study asks of an export, and the tables that it makes of it."""

from helpers.survey.edition import clean_survey, inspect_export, planted_classes, read_departements
from helpers.survey.tables import SURVEY_TABLES, service_state, tidy_tables

__all__ = [
    "SURVEY_TABLES",
    "clean_survey",
    "inspect_export",
    "planted_classes",
    "read_departements",
    "service_state",
    "tidy_tables",
]
