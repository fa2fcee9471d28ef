"""Tables that were tampered with are noticed."""

from __future__ import annotations

import pytest

from tests.claimbook.mutation.perturbations import tell
from tests.claimbook.mutation.run import results

LEAST = 0.95


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_nearly_every_perturbation_of_the_tables_is_noticed(built, capsys):
    assert built.code == 0
    found = list(results(100))
    with capsys.disabled():
        print(f"\n{tell(found)}")
    assert sum(result.caught for result in found) >= LEAST * len(found), tell(found)
