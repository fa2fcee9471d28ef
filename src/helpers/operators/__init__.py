"""The sheet of each operator: what it is made of, written once for all by the build, and read by its notebook."""

#: Tables that the slices are cut from: clean ones, then what the notebooks 03 and 04 hand on.
TABLES = (
    "operators",
    "attributes",
    "statements",
    "states",
    "cooperation",
    "links",
    "services",
    "operator_departements",
    "second_reading",
    "unseen_offers",
    "peers",
    "classes",
)
