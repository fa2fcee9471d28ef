import numpy as np
import pandas as pd
import pytest

from tests.claimbook.mutation.perturbations import (
    KINDS,
    Perturbation,
    check,
    drop_operator,
    perturbations,
    swap_service_labels,
    tell,
)


def tables():
    services = pd.DataFrame({"service_code": ["a", "b", "c"], "label_fr": ["A", "B", "C"]})
    states = pd.DataFrame(
        {
            "operator": [f"o{n % 7}" for n in range(20)],
            "service_code": [("a", "b", "c")[n % 3] for n in range(20)],
            "state": ["offered" if n % 4 else "planned" for n in range(20)],
            "n_pages": pd.array([n + 1 for n in range(20)], dtype="Int64"),
            "share": [n / 20 for n in range(20)],
            "weak": [n % 5 == 0 for n in range(20)],
            "note": [f"note {n % 2}" for n in range(20)],
        }
    )
    cooperation = pd.DataFrame({"source": ["o1", "o2", "o3"], "target": ["o2", "o4", "o5"]})
    return {"services": services, "states": states, "cooperation": cooperation}


def seeded(n, seed=1, **more):
    return list(perturbations(tables(), np.random.default_rng(seed), n, **more))


def test_the_same_seed_gives_the_same_perturbations_and_another_seed_others():
    first, again, other = seeded(30), seeded(30), seeded(30, seed=2)
    assert [change.name for change in first] == [change.name for change in again]
    assert all(
        a.tables[name].equals(b.tables[name])
        for a, b in zip(first, again, strict=True)
        for name in a.tables
    )
    assert [change.name for change in first] != [change.name for change in other]


def test_a_perturbation_does_not_depend_on_how_many_follow():
    assert [change.name for change in seeded(9)] == [change.name for change in seeded(30)[:9]]


def test_each_perturbation_changes_what_it_says_and_nothing_else():
    original = tables()
    for change in seeded(60):
        differing = {name for name in original if not change.tables[name].equals(original[name])}
        assert differing and differing <= set(change.touched)
        for name in original:
            assert list(change.tables[name].columns) == list(original[name].columns)


def test_the_given_tables_are_left_alone():
    given = tables()
    list(perturbations(given, np.random.default_rng(3), 40))
    assert all(given[name].equals(frame) for name, frame in tables().items())


def test_every_kind_of_perturbation_is_applied():
    for kind in KINDS:
        (change,) = seeded(1, kinds=(kind,))
        assert isinstance(change, Perturbation)


def test_free_text_and_keys_are_never_shifted():
    assert not [
        change.name
        for change in seeded(200)
        if ".note" in change.name or "states.operator" in change.name
    ]


def test_a_dropped_operator_is_gone_from_every_table():
    (change,) = seeded(1, kinds=(drop_operator,))
    operator = change.name.split("'")[1]
    for frame in change.tables.values():
        assert not (frame == operator).any(axis=None)


def test_swapped_labels_keep_everything_but_their_places():
    (change,) = seeded(1, kinds=(swap_service_labels,))
    assert sorted(change.tables["services"]["label_fr"]) == ["A", "B", "C"]


def test_tables_that_nothing_changes_are_refused():
    with pytest.raises(ValueError, match="no kind"):
        list(perturbations({"empty": pd.DataFrame({"x": []})}, np.random.default_rng(0), 1))


def claims(given):
    frame = given["states"]
    return [
        {
            "id": "n",
            "notebook": "b",
            "kind": "count",
            "unit": "",
            "value": len(frame),
            "tolerance": 0.0,
            "sentence": "",
        }
    ]


def test_the_check_tells_what_was_caught_and_what_was_not():
    def run(given):
        assert given["services"]["label_fr"].tolist() == ["A", "B", "C"], "labels out of order"
        return claims(given)

    results = list(check(seeded(18), claims(tables()), run))
    by_word = {result.name.split()[0]: result for result in results}
    assert any(result.caught and "AssertionError" in result.why for result in results)
    assert not by_word["say"].caught
    told = tell(results)
    assert told.splitlines()[0] == (
        f"{sum(r.caught for r in results)} of 18 perturbations caught ({sum(r.caught for r in results) / 18:.1%})"
    )
    assert f"not caught: {by_word['say'].name} (0 claims differ)" in told
