"""Questionnaire export and mapping in; tidy answers, and a ledger of every repair, out."""

from survey_reader.answers import siret_problem
from survey_reader.ledger import Ledger
from survey_reader.mapping import read_mapping
from survey_reader.survey import Survey, answer_tables, enter, inspect, read_survey
from survey_reader.text import DataError, UserError

__all__ = [
    "DataError",
    "Ledger",
    "Survey",
    "UserError",
    "answer_tables",
    "enter",
    "inspect",
    "read_mapping",
    "read_survey",
    "siret_problem",
]
