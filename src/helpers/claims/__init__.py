"""The ledger of every value that prose states: collected, written, compared, stamped and verified."""

from helpers.claims._collect import collect
from helpers.claims._ledger import ledger_text, plain, read_baseline, read_ledger, write_ledger

__all__ = ["collect", "ledger_text", "plain", "read_baseline", "read_ledger", "write_ledger"]
