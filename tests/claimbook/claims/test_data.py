import pandas as pd
import pytest

from claimbook import figures
from claimbook.claims import accept_data, accepted_data, data_changes, shown_data
from claimbook.errors import UserError

OLD = "name,share\nA,0.25\nB,0.5\n"


class Cell(dict):
    __getattr__ = dict.__getitem__


def notebook(*names):
    frame = pd.DataFrame({"name": ["A", "B"], "share": [0.25, 0.5]})
    outputs = []
    for name in names:
        shown = figures.table(
            frame, name=name, caption="Parts", scope="deux opérateurs", source="exemple"
        )
        outputs.append({"output_type": "display_data", "data": shown._repr_mimebundle_()})
    return Cell(cells=[Cell(cell_type="code", id="c", source="", outputs=outputs)])


def test_what_a_table_shows_is_kept_at_full_precision():
    assert shown_data(notebook("parts")) == {"parts": OLD}


def test_two_tables_of_one_name_are_refused():
    with pytest.raises(UserError, match="named 'parts'"):
        shown_data(notebook("parts", "parts"))


def test_accepted_data_come_back_and_those_no_longer_shown_go(tmp_path):
    accept_data(tmp_path, "n", {"a": OLD, "b": OLD})
    accept_data(tmp_path, "n", {"b": OLD})
    assert accepted_data(tmp_path, "n") == {"b": OLD}


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (OLD, []),
        ("name,share\nA,0.25000000001\nB,0.5\n", []),
        ("name,share\nA,0.26\nB,0.5\n", ["parts, row 1 (A), share: '0.25' became '0.26'"]),
        ("name,share\nB,0.5\n", ["parts: 2 rows became 1", "parts, row 1 (B), name: 'A' became 'B'",
                                 "parts, row 1 (B), share: '0.25' became '0.5'"]),
        ("name,part\nA,0.25\nB,0.5\n", ["parts: the columns were name, share and are name, part"]),
        ("name,share\nA,0.25\nB,\n", ["parts, row 2 (B), share: '0.5' became ''"]),
    ],
)  # fmt: skip
def test_each_difference_is_told_by_row_and_column(new, told):
    assert data_changes("parts", OLD, new) == told


def test_many_differences_are_counted():
    old = "n,v\n" + "".join(f"r{i},{i}\n" for i in range(1, 11))
    new = "n,v\n" + "".join(f"r{i},{i * 2}\n" for i in range(1, 11))
    assert data_changes("t", old, new)[-1] == "t: 5 further differences"
