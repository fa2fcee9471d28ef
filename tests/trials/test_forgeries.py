"""Forty forgeries of two exported pages, each compared with a re-run of its notebook."""

import pytest

from claimbook.build.acceptance import rebuild_chapter
from claimbook.claims import check_page, read_stamp
from helpers.acceptance import rebuild
from helpers.layout import layout_of
from tests.loading import cases
from tests.trials.forgeries import FORGERIES, forged

#: The second page cites the first.
PAGES = ("05_demand", "06_uneven_mutualisation")
SAMPLE = ("number in a sentence", "caption", "download")
#: What a page rests on: file, text, and what stands in its place.
HAND_OVERS = cases(__file__, "forgeries.yml")


def found(kinds, page: str, again, seed: int) -> list[str]:
    """Return which kinds of forgeries of a page are told as different, with a reason."""
    verdicts = {kind: check_page(forged(page, kind, seed), again) for kind in kinds}
    return [kind for kind, verdict in verdicts.items() if verdict.code == 2 and verdict.reasons]


def read(layout, name: str) -> str:
    return layout.page(name).read_bytes().decode("utf-8")


def test_a_sample_of_forgeries_is_found_and_the_page_itself_is_identical(built):
    page = read(built.layout, PAGES[0])
    again = rebuild(read_stamp(page))
    assert str(check_page(page, again)) == "identical"
    assert found(SAMPLE, page, again, 1) == list(SAMPLE)


@pytest.mark.slow
def test_forty_forgeries_are_found(copy_of_build, monkeypatch, capsys):
    root = copy_of_build()
    monkeypatch.setenv("OPSN_ROOT", str(root))
    monkeypatch.setenv("PYTHONPATH", str(root / "src"))
    layout = layout_of("public-2026")
    pages = {name: read(layout, name) for name in PAGES}
    caught, every = [], []
    for seed, (name, page) in enumerate(pages.items(), 1):
        again = rebuild(read_stamp(page))
        assert str(check_page(page, again)) == "identical"
        every += [f"{name}: {kind}" for kind in FORGERIES]
        caught += [f"{name}: {kind}" for kind in found(FORGERIES, page, again, seed)]
    for kind, (file, old, new) in HAND_OVERS.items():
        path, page = root / file, pages[PAGES[1]]
        kept = path.read_bytes()
        assert old in kept.decode("utf-8"), file
        path.write_text(kept.decode("utf-8").replace(old, new, 1), encoding="utf-8", newline="")
        if not file.startswith("notebooks"):
            # The forger's page tells what the tampered file says.
            page = rebuild_chapter(layout, read_stamp(page)).page
        if file.startswith("src"):
            # A reviewer has the true source; what is derived from it stays tampered.
            path.write_bytes(kept)
        verdict = check_page(page, rebuild(read_stamp(page)))
        every.append(kind)
        caught += [kind] if verdict.code == 2 else []
        path.write_bytes(kept)
    with capsys.disabled():
        print(f"\nforgeries found: {len(caught)} of {len(every)}", *sorted({*every} - {*caught}))
    assert len(every) == 40 and caught == every
