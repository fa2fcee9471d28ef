"""Questionnaire export and mapping in; tidy answers, and a ledger of every repair, out."""

from survey_reader.answers import luhn_valid, siret_problem
from survey_reader.errors import DataError, UserError
from survey_reader.inspection import inspect
from survey_reader.ledger import Ledger
from survey_reader.mapping_file import read_mapping
from survey_reader.survey import Survey, answer_tables, enter, read_survey

__all__ = [
    "DataError",
    "Ledger",
    "Survey",
    "UserError",
    "answer_tables",
    "enter",
    "inspect",
    "luhn_valid",
    "read_mapping",
    "read_survey",
    "siret_problem",
]
