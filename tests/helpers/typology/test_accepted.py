import pytest

from helpers.sources import open_edition, read_raw
from helpers.typology.accepted import ACCEPTED


@pytest.mark.parametrize("edition", sorted(ACCEPTED))
def test_accepted_names_are_made_of_services_and_no_operator_stands_twice(edition):
    services = set(read_raw(open_edition(edition))["services"]["service_code"])
    for name in ACCEPTED[edition]:
        assert {word[1:] for word in name.split()} <= services
        assert all(word[0] in "+-" for word in name.split())
    members = [operator for group in ACCEPTED[edition].values() for operator in group]
    assert len(members) == len(set(members))
