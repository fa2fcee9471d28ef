"""The ledger of every value that prose states: collected, compared, stamped and verified."""

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

__all__ = ["accept_text", "accepted_text", "text_changes", "visible_text"]
__all__ += ["accept_data", "accepted_data", "data_changes", "shown_data"]
__all__ += ["changes_fragment", "compare", "compare_with_baseline", "render_text"]
__all__ += ["collect", "ledger_text", "read_baseline", "read_ledger", "write_baseline"]
__all__ += ["Rebuilt", "build_stamp", "check_page", "read_stamp", "seal"]
