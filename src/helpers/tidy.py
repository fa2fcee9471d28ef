"""Names of the tidy tables that cleaning writes."""

CLEAN_TABLES = (
    "operators",
    "operator_departements",
    "attributes",
    "statements",
    "states",
    "pages",
    "cooperation",
    "links",
    "services",
    "second_reading",
    "published_figures",
    "changes",
    "fates",
    "balance",
)
#: What a survey has beside them.
SURVEY_TABLES = ("answers", "demand", "questions", "options", "planted")
