"""The workbook that places an operator: another program computes from it what the model says."""

import re
import shutil
import subprocess
import zipfile

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from claimbook.prose import seuil
from helpers import typology
from helpers.study import Study

YES, NO, UNKNOWN = "oui", "non", "ne sait pas"
RESULT, NONE = "Profil le plus proche", "ne se prononce pas"
CALC = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.fixture(scope="module")
def book(built):
    if built.code:
        pytest.skip("the build failed")
    return built.layout.reports / "quel-profil.xlsx"


@pytest.fixture(scope="module")
def answers(built):
    """Answers by case and service: what pages say of every operator, then cases at the limits."""
    profiles = Study(built.layout.edition).every_profile
    said = profiles.state.replace({"unseen": UNKNOWN, "offered": YES})
    said = said.replace(["planned", "discontinued", "not_offered"], NO)
    odd = np.random.default_rng(0).choice([YES, NO, UNKNOWN], (5, said.shape[1]))
    odd = np.vstack([odd, *([word] * said.shape[1] for word in (YES, NO, UNKNOWN))])
    return pd.concat([said, pd.DataFrame(odd, columns=said.columns)], ignore_index=True)


@pytest.fixture(scope="module")
def computed(book, answers, tmp_path_factory):
    """Return rows of the first sheet, by label, for each row of answers; one more is mistyped."""
    if CALC is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("filled")
    mistyped = answers.iloc[:1].copy()
    mistyped.iloc[0, 0] = "peut-être"
    cases = pd.concat([answers, mistyped], ignore_index=True)
    form = load_workbook(book)
    sheet = form.worksheets[0]
    first = [cell.value for cell in sheet["B"]].index("Votre réponse") + 2
    for number, row in enumerate(cases.to_numpy()):
        for line, word in enumerate(row, start=first):
            sheet.cell(line, 2, word)
        form.save(folder / f"{number}.xlsx")
    home, out = f"-env:UserInstallation={(folder / 'home').as_uri()}", folder / "out"
    command = [CALC, home, "--headless", "--convert-to", "xlsx", "--outdir", out]
    subprocess.run([*command, *folder.glob("*.xlsx")], check=True, capture_output=True)
    sheets = (CalamineWorkbook.from_path(out / f"{n}.xlsx") for n in range(len(cases)))
    return [{row[0]: row[1] for row in s.get_sheet_by_index(0).to_python()} for s in sheets]


@pytest.mark.slow
def test_another_program_finds_what_the_model_finds(built, answers, computed):
    study = Study(built.layout.edition)
    main = study.profiles.read(study.parameters["least_pages"])
    mixture = typology.DetectionMixture(random_state=study.rng("classes")).fit(main)
    names = list(computed[0])
    start = names.index("Profil") + 1
    profiles = names[start : start + mixture.posterior_.n_classes]
    found = np.array([[row[name] for name in profiles] for row in computed[:-1]])
    detection = np.where(answers == UNKNOWN, 1e-9, 1.0)
    evidence = (answers == YES).astype(int), np.ones(len(answers), int), detection
    wanted = mixture.predict_proba(evidence)
    apart = np.abs(found - wanted)
    n_operators = len(study.every_profile.operators)
    print(f"{n_operators} operators and {len(found) - n_operators} cases: {apart.max():.1e} apart")
    assert apart.max() < 1e-6
    clear = wanted.max(axis=1) >= seuil("appartenance nette")
    told = np.where(clear, np.array(profiles)[wanted.argmax(axis=1)], NONE)
    assert [row[RESULT] for row in computed[:-1]] == told.tolist()
    assert 0 < clear.sum() < len(clear)


@pytest.mark.slow
def test_a_mistyped_answer_gives_no_profile(computed):
    assert computed[-1][RESULT] == "à corriger"


def test_the_workbook_is_small_dated_and_without_macros(built, book):
    assert book.stat().st_size < 1_000_000
    day = Study(built.layout.edition).citation.date
    with zipfile.ZipFile(book) as archive:
        days = {"-".join(f"{n:02}" for n in part.date_time[:3]) for part in archive.infolist()}
        assert days == {day} and not any("vba" in name for name in archive.namelist())
        assert set(re.findall(r"\d{4}-\d\d-\d\dT", archive.read("docProps/core.xml").decode())) == {
            f"{day}T"
        }
    shown = [cell.value for cell in load_workbook(book).worksheets[0]["A"] if cell.value]
    assert shown[0] == "Quel profil est le vôtre\u202f?" and "{" not in "".join(shown)
    # A text of YAML with a colon and no quotes would be written letter by letter.
    assert min(map(len, shown)) > 1
