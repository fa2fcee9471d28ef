"""A new spreadsheet goes through every notebook; one more response gives no answer away."""

import shutil

import pandas as pd
import pytest
import yaml

from claimbook.errors import DataError
from helpers.__main__ import main
from helpers.layout import layout_of, write_tidy
from helpers.paths import project_root
from helpers.survey import inspect_export
from helpers.survey.needs import NEEDED, failing
from helpers.survey.published import compare, differing, keep_published
from tests.loading import cases, copied, run_in

EXAMPLE = project_root() / "data" / "raw" / "survey-simulated"
IDENTITY = {"response", "response_date", "operator"}
NAME = "Dénomination de votre structure"
N_RESPONSES = 26
LEFT_OUT = ("[En projet]", "[Avec un partenaire]", "[Souhaité]")


def write_edition(folder, *, without="", count=N_RESPONSES, confidential=False):
    """Write the example with the questions and responses that the notebooks need, and no other."""
    folder.mkdir(parents=True, exist_ok=True)
    declared = (EXAMPLE / "mapping.yml").read_text(encoding="utf-8")
    mapping = yaml.load(declared, Loader=yaml.BaseLoader)
    wanted = IDENTITY | {name.removesuffix("_offered") for name in NEEDED} - {without}
    asked = [question for question in mapping["questions"] if question["variable"] in wanted]
    for question in asked:
        if "options" in question:
            question["options"] = {"offered": question["options"]["offered"]}
    # A row that slipped by one cell is left out: with other columns nothing says where.
    options = {"sep": ";", "dtype": str, "encoding": "cp1252", "keep_default_na": False}
    rows = pd.read_csv(EXAMPLE / "reponses.csv", on_bad_lines="skip", **options)
    titles = pd.Series([one["question"] for one in asked]).explode()
    starts = tuple(titles[titles.str.contains("[{item}]", regex=False)].str.split("{").str[0])
    boxes = rows.columns.str.startswith(starts) & ~rows.columns.str.endswith(LEFT_OUT)
    names = rows[NAME].str.strip()
    mapping["survey"]["file"], mapping["corrections"] = "reponses.csv", []
    mapping |= {"questions": asked, "other_operators": sorted({*names} - {*names[:count]})}
    kept = rows.loc[: count - 1, rows.columns.isin(titles) | boxes]
    kept.to_csv(folder / "reponses.csv", sep=";", index=False)
    dumped = yaml.dump(mapping, allow_unicode=True, sort_keys=False)
    (folder / "mapping.yml").write_text(dumped, encoding="utf-8")
    shutil.copy(EXAMPLE / "services.csv", folder)
    declared = "kind: survey\ntitle: Enquête d’essai\n" + "confidential: true\n" * confidential
    (folder / "edition.yml").write_text(declared, encoding="utf-8")
    return folder / "reponses.csv"


def changed(path, old, new):
    """Write another text into the mapping beside an export."""
    mapping = path.with_name("mapping.yml")
    text = mapping.read_text(encoding="utf-8")
    assert old in text
    mapping.write_text(text.replace(old, new), encoding="utf-8")
    return inspect_export(project_root(), path)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return a copy of the project with two new editions: one open, one confidential."""
    folders = ("src", "notebooks", "data/raw/territories")
    root = copied(tmp_path_factory.mktemp("study"), folders)
    write_edition(root / "data/raw/ouverte")
    write_edition(root / "data/raw/secrete", confidential=True)
    return root


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["ouverte", "secrete"])
def test_every_notebook_runs_on_the_least_that_a_survey_may_ask(study, edition):
    done = run_in(study, "helpers", "reports", "--edition", edition)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "steps executed, the others unchanged." in done.stdout
    assert (study / "reports" / edition / "00_synthesis.html").is_file()


@pytest.mark.slow
def test_nothing_leaks_from_a_new_confidential_edition(study):
    done = run_in(study, "helpers", "disclosure", "reports/secrete")
    assert done.returncode == 0 and "-> 0 leaks" in done.stdout, done.stdout


def test_the_least_that_a_survey_may_ask_is_accepted_before_anything_runs(tmp_path):
    shown, ready = inspect_export(project_root(), write_edition(tmp_path))
    assert ready and f"Nothing stops the build: {N_RESPONSES} operators." in shown


@pytest.mark.parametrize("variable", sorted(NEEDED.keys() - {"service_offered"}))
def test_a_survey_that_lacks_what_the_notebooks_need_is_refused(tmp_path, variable):
    shown, ready = inspect_export(project_root(), write_edition(tmp_path, without=variable))
    assert not ready and f"the notebooks need '{variable}'" in shown
    assert f"add the question with 'variable: {variable}'" in shown


def test_a_survey_of_a_handful_of_operators_is_refused(tmp_path):
    shown, ready = inspect_export(project_root(), write_edition(tmp_path, count=10))
    assert not ready and "the notebooks need 20 operators (10 answered)" in shown


def test_scores_that_are_words_are_refused_before_anything_runs(tmp_path):
    shown, ready = changed(write_edition(tmp_path), "    '4':\n    - ", "    fourth:\n    - ")
    assert not ready and "is an answer to 'demand' that is no number" in shown


@pytest.fixture(scope="module")
def tables():
    return layout_of("survey-simulated").cleaned_tables()


@pytest.fixture
def answers(tables):
    return tables["answers"]


@pytest.mark.parametrize("without", [None, "operator_departements"])
def test_what_the_example_holds_is_enough_with_neighbours_or_without(tables, without):
    assert list(failing(tables | ({without: tables[without][:0]} if without else {}))) == []


@pytest.mark.parametrize(
    ("table", "change", "reason"),
    [
        ("states", lambda t: t.assign(state="offered"), "every operator offers every service"),
        ("states", lambda t: t.assign(state="not_offered"), "to run 03_typology: 1 profiles"),
        ("demand", lambda t: t[:0], "to run 04_demand: no score"),
        ("answers", lambda t: t[t["variable"] != "obstacle"], "nobody answered the question"),
        ("options", lambda t: t[:0], "of 'need' has no label"),
        ("cooperation", lambda t: t[:0], "to run 05_cooperation: no operator named a partner"),
    ],
)
def test_each_notebook_that_would_stop_is_told(tables, table, change, reason):
    found = [problem for problem, _ in failing(tables | {table: change(tables[table])})]
    assert any(reason in one for one in found), found


def test_an_edition_is_shown_and_nothing_is_written(capsys):
    before = sorted(EXAMPLE.rglob("*"))
    assert main(["inspect", str(EXAMPLE / "reponses.csv")]) == 0
    shown = capsys.readouterr().out
    assert "Nothing stops the build: 66 operators." in shown and "'12 à 15'" in shown
    assert "R006 goes into R067" in shown and "syndicat_mixte 30" in shown
    assert "-> service (box, 108 of 108 columns)" in shown
    assert main(["inspect", str(EXAMPLE / "reponses.csv"), "--mapping", "none.yml"]) == 2
    assert "none.yml: the file cannot be read" in capsys.readouterr().err
    assert sorted(EXAMPLE.rglob("*")) == before


@pytest.mark.parametrize(("old", "new", "told"), cases(__file__)["mappings"])
def test_types_and_codes_that_the_tables_would_not_read_stop_the_build(tmp_path, old, new, told):
    shutil.copytree(project_root() / "examples" / "google_forms", tmp_path, dirs_exist_ok=True)
    shown, passes = changed(tmp_path / "reponses.csv", old, new)
    assert told in shown and not passes


KEY = ["variable", "item", "value"]


def published(root, edition, answers) -> pd.Series:
    """Return the counts of a confidential edition; nothing if it may not be built."""
    if compare(root, answers, 3, 2026)[1]:
        return answers.groupby(KEY).size()[:0]
    (root / "data" / "raw" / edition).mkdir(parents=True, exist_ok=True)
    keep_published(root / "data" / "raw" / edition, answers, 2026)
    return answers.groupby(KEY).size().where(lambda k: k >= 3).dropna()


def recovered(old: pd.Series, new: pd.Series) -> int:
    """Return how many answers follow from counts that rose by one."""
    both = old.index.intersection(new.index)
    return int((new[both] - old[both] == 1).sum())


def changed_in(answers, variables):
    """Return answers of which one operator each changed one to a question."""
    found, operators = answers.copy(), sorted(set(answers["operator"]), reverse=True)
    for operator, variable in zip(operators, variables, strict=False):
        rows = (found["operator"] == operator) & (found["variable"] == variable)
        found.loc[rows.idxmax(), "value"] = "x"
    return found


@pytest.mark.parametrize("also", [[], ["budget_eur"] * 2, ["budget_eur"] * 3, ["demand", "need"]])
@pytest.mark.parametrize("n_late", [1, 2])
def test_no_answer_of_a_late_respondent_is_recovered_by_subtraction(
    tmp_path, answers, n_late, also
):
    late = sorted(set(answers["operator"]))[:n_late]
    before = answers[~answers["operator"].isin(late)]
    now = changed_in(answers, also)
    naive = [frame.groupby(KEY).size() for frame in (before, now)]
    assert recovered(*naive) >= 27
    first = published(tmp_path, "2026", before)
    assert len(first) and recovered(first, published(tmp_path, "2026b", now)) == 0


def test_operators_that_changed_an_answer_or_are_gone_differ(answers):
    assert differing(answers, answers)[0] == 0
    names = sorted(set(answers["operator"]))
    changed = answers.copy()
    row = changed.index[changed["variable"] == "demand"][0]
    changed.loc[row, "value"] = "0"
    gone = changed[~changed["operator"].isin([n for n in names if n != changed.operator[row]][:2])]
    asked = f"demand[{changed.item[row]}]"
    for now, others in ((changed, 0), (gone, 2)):
        in_all, by_answer = differing(answers, now)
        assert in_all == by_answer[asked] == others + 1 and by_answer["legal_form"] == others


def test_another_year_is_compared_as_a_whole(tmp_path, answers):
    """Three operators change one answer each: subtraction tells them within one year alone."""
    published(tmp_path, "2026", answers)
    now = changed_in(answers, ["demand", "need", "budget_eur"])
    assert "'budget_eur'" in str(compare(tmp_path, now, 3, 2026)[1])
    assert compare(tmp_path, now, 3, 2027)[1] is None
    assert compare(tmp_path, changed_in(answers, ["demand", "need"]), 3, 2027)[1]
    path = tmp_path / "data/raw/2026/published.csv"
    path.write_text(pd.read_csv(path).drop(columns="year").to_csv(index=False))
    assert compare(tmp_path, now, 3, 2027)[1]


def test_a_question_that_gets_another_code_hides_no_late_respondent(answers):
    before = answers[answers["operator"] != min(answers["operator"])]
    codes = {"formation": "former"}
    in_all, by_answer = differing(before, answers.replace({"item": codes}))
    assert in_all == 1 and set(by_answer.values()) == {1}


@pytest.mark.parametrize("text", ["", "publication;operator\n1;x\n", "publication,year\n"])
def test_a_damaged_record_of_publications_stops_the_build(tmp_path, answers, text):
    published(tmp_path, "2026", answers)
    (tmp_path / "data/raw/2026/published.csv").write_text(text)
    with pytest.raises(DataError, match=r"2026/published\.csv: the record .*Remedy: put it back"):
        compare(tmp_path, answers, 3, 2026)


def renamed(answers, names):
    """Return answers in which operators have other names, as partners of others too."""
    new = {name: change(name) for name, change in names.items()}
    return answers.replace({"operator": new, "item": new})


@pytest.mark.parametrize(
    "change",
    [str.upper, lambda name: f"SYNDICAT  {name.replace('e', 'é')}", "Nom nouveau {}".format],
)
def test_an_operator_that_is_written_otherwise_does_not_hide_a_late_one(tmp_path, answers, change):
    first, *others = sorted(set(answers["operator"]))
    before = answers[answers["operator"] != first]
    now = renamed(answers, dict.fromkeys(others[:5], change))
    published(tmp_path, "2026", before)
    assert min(differing(before, now)[1].values()) == 1
    assert "fewer than 3 operators differ" in str(compare(tmp_path, now, 3, 2026)[1])


def test_every_publication_of_an_edition_is_kept(tmp_path, answers):
    """Three late answers may follow; one of them alone may not, nor another one alone."""
    *late, other = sorted(set(answers["operator"]))[:4]
    before = answers[~answers["operator"].isin([*late, other])]
    assert len(published(tmp_path, "2026", before))
    assert len(published(tmp_path, "2026", answers[answers["operator"] != other]))
    assert compare(tmp_path, before, 3, 2026) == ("Earlier publications compared: 2.", None)
    swapped = pd.concat([before, answers[answers["operator"] == other]])
    assert compare(tmp_path, swapped, 3, 2026)[1]


def test_inspect_and_build_refuse_an_edition_with_one_more_respondent(tmp_path):
    raw, root = tmp_path / "data" / "raw", project_root()
    (raw / "territories").mkdir(parents=True)
    territories = (root / "data/raw/territories/departements.csv").read_text("utf-8")
    (raw / "territories" / "departements.csv").write_text(territories, encoding="utf-8")
    (tmp_path / "data" / "datapackage.json").write_text('{"resources": []}')
    path = write_edition(raw / "secrete", count=25, confidential=True)
    assert "There is no record of an earlier publication" in inspect_export(tmp_path, path)[0]
    layout = layout_of("secrete", tmp_path)
    keep_published(layout.raw, layout.cleaned_tables()["answers"], 2026)
    assert inspect_export(tmp_path, path)[1]
    write_tidy(layout)
    write_edition(raw / "secrete", confidential=True)
    shown, ready = inspect_export(tmp_path, path)
    assert not ready and "fewer than 3 operators differ from what 'secrete' published" in shown
    with pytest.raises(DataError, match="wait until 3 differ, or set the others aside"):
        write_tidy(layout)
