"""What a notebook depends on, read from its source: helper modules, tables, and which cell makes which name.

Nothing is run or imported: the answer is the same before and after execution, and costs no kernel.
"""

from claimbook.depend._cells import assigned_names, code_cells, is_cell_magic, parsed, read_notebook
from claimbook.depend._modules import files_reached, module_file, modules_reached
from claimbook.depend._reached import Reached, data_files, definitions_reached
from claimbook.depend._store import keep_in
from claimbook.depend._tables import (
    edition_names,
    named_table,
    notebooks_cited,
    table_calls,
    tables_read,
    tables_written,
)

__all__ = [
    "Reached",
    "assigned_names",
    "code_cells",
    "data_files",
    "definitions_reached",
    "edition_names",
    "files_reached",
    "is_cell_magic",
    "keep_in",
    "module_file",
    "modules_reached",
    "named_table",
    "notebooks_cited",
    "parsed",
    "read_notebook",
    "table_calls",
    "tables_read",
    "tables_written",
]
