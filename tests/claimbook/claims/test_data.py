import nbformat.v4 as v4
import pytest

from claimbook.claims import accept_data, accepted_data, data_changes, shown_data
from claimbook.errors import UserError
from tests.claimbook.claims.books import table_of
from tests.loading import cases

OLD = "nom,part\nA,0.25\nB,0.5\n"


def notebook(*names):
    outputs = [table_of(name) for name in names]
    return v4.new_notebook(cells=[v4.new_code_cell(outputs=outputs)])


def test_what_a_table_shows_is_kept_at_full_precision():
    assert shown_data(notebook("parts")) == {"parts": OLD}


def test_two_tables_of_one_name_are_refused():
    with pytest.raises(UserError, match="named 'parts'"):
        shown_data(notebook("parts", "parts"))


def test_accepted_data_come_back_and_those_no_longer_shown_go(tmp_path):
    accept_data(tmp_path, "n", {"a": OLD, "b": OLD})
    accept_data(tmp_path, "n", {"b": OLD})
    assert accepted_data(tmp_path, "n") == {"b": OLD}


@pytest.mark.parametrize(("new", "differences"), cases(__file__)["differences"])
def test_each_difference_names_row_and_column(new, differences):
    assert data_changes("parts", OLD, new) == differences


def test_many_differences_are_counted():
    old, new = ("n,v\n" + "".join(f"r{i},{i * k}\n" for i in range(1, 11)) for k in (1, 2))
    assert data_changes("t", old, new)[-1] == "t: 5 further differences"


def test_data_that_differ_by_float_noise_are_not_accepted_anew(tmp_path):
    accept_data(tmp_path, "n", {"a": "x,y\na,0.1\n"})
    accept_data(tmp_path, "n", {"a": "x,y\na,0.10000000000000002\n"})
    assert accepted_data(tmp_path, "n") == {"a": "x,y\na,0.1\n"}
    accept_data(tmp_path, "n", {"a": "x,y\na,0.1000001\n"})
    assert accepted_data(tmp_path, "n") == {"a": "x,y\na,0.1000001\n"}
