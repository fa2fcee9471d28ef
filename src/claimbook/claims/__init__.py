"""The ledger of every value that prose states: collected, compared, stamped and verified."""

# ruff: noqa: F401
from claimbook.claims.changes import changes_fragment, render_text
from claimbook.claims.compare import (
    accept_data,
    accepted_data,
    compare,
    compare_with_baseline,
    data_changes,
    shown_data,
    write_baseline,
)
from claimbook.claims.ledger import collect, ledger_text, read_baseline, read_ledger
from claimbook.claims.verify import Rebuilt, build_stamp, check_page, read_stamp, seal
from claimbook.claims.wording import accept_text, accepted_text, text_changes, visible_text
