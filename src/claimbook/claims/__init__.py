"""The ledger of every value that prose states: collected, written, compared, stamped and verified."""

from claimbook.claims._accept import accepted, compare_with_baseline, write_baseline
from claimbook.claims._changes import (
    NOTHING,
    Move,
    changes_fragment,
    failures,
    moved,
    render_text,
    summary,
    told,
)
from claimbook.claims._collect import collect
from claimbook.claims._compare import Change, Comparison, compare
from claimbook.claims._ledger import ledger_text, plain, read_baseline, read_ledger, write_ledger
from claimbook.claims._shown import accept_data, accepted_data, data_changes, shown_data
from claimbook.claims._stamp import build_stamp, file_hash, is_intact, read_stamp, seal
from claimbook.claims._verify import (
    DIFFERENT,
    IDENTICAL,
    WITHIN,
    Rebuilt,
    Verdict,
    altered_texts,
    claim_texts,
    verify,
)

__all__ = [
    "DIFFERENT",
    "IDENTICAL",
    "NOTHING",
    "WITHIN",
    "Change",
    "Comparison",
    "Move",
    "Rebuilt",
    "Verdict",
    "accept_data",
    "accepted",
    "accepted_data",
    "altered_texts",
    "build_stamp",
    "changes_fragment",
    "claim_texts",
    "collect",
    "compare",
    "compare_with_baseline",
    "data_changes",
    "failures",
    "file_hash",
    "is_intact",
    "ledger_text",
    "moved",
    "plain",
    "read_baseline",
    "read_ledger",
    "read_stamp",
    "render_text",
    "seal",
    "shown_data",
    "summary",
    "told",
    "verify",
    "write_baseline",
    "write_ledger",
]
