"""What a long function returned is found again, and random streams go on as if it had run."""

import numpy as np
import pytest

from claimbook import memory

CALLS = []


@memory.remember
def drawn(values, *, rng):
    CALLS.append(1)
    return values + rng.normal(size=3) + rng.spawn(1)[0].normal()


@pytest.fixture
def kept(tmp_path, monkeypatch):
    folder = tmp_path / ".cache" / "joblib"
    folder.parent.mkdir()
    monkeypatch.setenv(memory.VARIABLE, str(folder))
    CALLS.clear()
    return folder


def call(seed=1, values=(1.0, 2.0, 3.0)):
    rng = np.random.default_rng(seed)
    return [*drawn(np.array(values), rng=rng), rng.normal(), rng.spawn(1)[0].normal()]


def test_a_result_is_found_again_and_streams_go_on_alike(kept):
    first = call()
    assert call() == first
    assert len(CALLS) == 1


def test_other_arguments_or_another_place_in_the_stream_are_other_results(kept):
    call()
    assert call(seed=2) != call() != call(values=(1.0, 2.0, 4.0))
    assert len(CALLS) == 3


def test_other_code_is_another_result(kept, monkeypatch):
    call()
    monkeypatch.setattr(memory, "_code", lambda module, folder: ("other", ()))
    call()
    assert len(CALLS) == 2


def test_a_file_that_was_cut_short_is_made_again(kept):
    first = call()
    for path in kept.rglob("*.pkl"):
        path.write_bytes(path.read_bytes()[:20])
    assert call() == first
    assert len(CALLS) == 2


def test_outside_a_build_nothing_is_kept(kept, monkeypatch):
    monkeypatch.delenv(memory.VARIABLE)
    assert call() == call()
    assert len(CALLS) == 2
