"""Exported files checked against the confidential tables: whatever tells of one operator is found, wherever it hides.

The check shares no assumption with the protection: it reads finished files as a stranger would, decodes what is encoded
in them, and looks for what only the confidential tables know.
"""

from claimbook.protect.leaks.check import check_files, check_folder
from claimbook.protect.leaks.finding import Leak
from claimbook.protect.leaks.knowledge import Knowledge, knowledge_of

__all__ = ["Knowledge", "Leak", "check_files", "check_folder", "knowledge_of"]
