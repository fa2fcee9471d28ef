"""The two ways to show something: :func:`figure` and :func:`table`."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from markupsafe import Markup, escape

from claimbook import CLAIMS_MIME, DATA_MIME, french, protect
from claimbook.figures import svg, tables
from claimbook.protect import frames

#: Look in JupyterLab, where the style sheet of reports is absent; the exporter removes it.
LAB_STYLE = Path(__file__).with_name("lab.html").read_text("utf-8")
_SVG = re.compile(r'<svg (class="plot[^"]*" role="img" aria-label="([^"]*)".*?</svg>)', re.DOTALL)
_IMAGE = re.compile(r'<img alt="[^"]*" src="data:image/svg\+xml;base64,([^"]*)">')
_SVG_NAMESPACE = '<svg xmlns="http://www.w3.org/2000/svg" '
_CELL = re.compile(r'<(th scope="\w+"|td)(?= data-label=|>)')
_LEFT = ' style="text-align: left"'
_HIDDEN = (
    "« s » : couvert par le secret, car moins de {} opérateurs sont dans ce cas ou dans le cas "
    "contraire, ou parce que d’autres valeurs permettraient de le déduire."
)
_REMEDY = (
    "Remedy: give columns k and n, such as those of an estimate, or write respondents=False if it "
    "is about no respondent"
)
_MINIMUM_WORDS = 6


class Display:
    """A figure or a table as Jupyter shows it.

    Attributes
    ----------
    html : str
        One element, complete with its texts and its data.
    plain : str
        The same for a terminal.
    claims : list of dict
        Claims that its texts carry.
    data : dict
        ``name``, and ``csv``: the rows that it draws or shows; ``protected``: the confidential
        edition whose protection was applied.
    """

    def __init__(self, html: str, plain: str, claims: list[dict], data: dict):
        self.html, self.plain, self.claims, self.data = html, plain, claims, data

    def __repr__(self) -> str:
        return self.plain

    def _repr_mimebundle_(self, include=None, exclude=None):
        html = for_jupyter(self.html)
        bundle = {"text/html": html, "text/plain": self.plain, DATA_MIME: self.data}
        if self.claims:
            protected = {key: self.data[key] for key in ("protected",) if key in self.data}
            bundle[CLAIMS_MIME] = {"claims": self.claims, **protected}
        return bundle


def for_jupyter(html: str) -> str:
    """Return HTML as JupyterLab shows it, also of a notebook that it does not trust.

    There it takes away SVG elements and styles: a drawing is an image, and each cell of text says
    that it is aligned to the left.
    """

    def image(match: re.Match) -> str:
        content = base64.b64encode(f"{_SVG_NAMESPACE}{match[1]}".encode()).decode("ascii")
        return f'<img alt="{match[2]}" src="data:image/svg+xml;base64,{content}">'

    return LAB_STYLE + _CELL.sub(rf"<\1{_LEFT}", _SVG.sub(image, html))


def from_jupyter(html: str) -> str:
    """Return what `for_jupyter` was given, drawings inline."""

    def svg(match: re.Match) -> str:
        content = base64.b64decode(match[1]).decode()
        return f"<svg {content.removeprefix(_SVG_NAMESPACE)}"

    return _IMAGE.sub(svg, html.removeprefix(LAB_STYLE).replace(_LEFT, ""))


class _Shown(NamedTuple):
    """What may be shown of a frame: its rows, a notice, and whether it may be drawn."""

    frame: pd.DataFrame
    mark: dict
    notice: str | None = None
    drawn: bool = True


def _check_texts(name: str, **texts) -> None:
    """Refuse a name that is no slug, and a text that is missing or blank."""
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", name):
        remedy = "use lower-case letters, digits and hyphens, such as 'carte-2026'"
        raise ValueError(f"name {name!r} is not a slug: {remedy}")
    for what, text in texts.items():
        if not isinstance(text, str):
            raise ValueError(f"{name}: {what} must be text, not {type(text).__name__}")
        if not re.search(r"\w", text):
            raise ValueError(f"{name}: {what} is empty")


def _claims(*texts) -> list[dict]:
    """Return the claims that texts carry, in order, each once."""
    found: dict[str, dict] = {}
    for text in texts:
        for claim in getattr(text, "claims", None) or ():
            found.setdefault(claim.get("id"), dict(claim))
    return list(found.values())


def _notes(**notes) -> Markup:
    row = Markup('<p><b class="label">{}</b>\N{NO-BREAK SPACE}: {}</p>')
    rows = [row.format(label, escape(text)) for label, text in notes.items() if text is not None]
    return Markup('<div class="notes">{}</div>').format(Markup().join(rows))


def _data(name: str, shown: _Shown) -> dict:
    text = shown.frame.to_csv(index=False, lineterminator="\n")
    return {"name": name, "csv": text, **shown.mark}


def figure(
    fig,
    *,
    name,
    alt,
    caption,
    reading,
    scope,
    source,
    data,
    subtitle=None,
    formats=None,
    base=None,
    respondents=None,
) -> Display:
    """Show a figure with everything that lets it be read without being seen.

    Parameters
    ----------
    fig : matplotlib.figure.Figure, matplotlib.axes.Axes or seaborn grid
        Drawing; it is closed afterwards.
    name : str
        Slug, unique in the notebook: id in the page and name of the CSV file.
    alt : str
        Alternative text: type of chart, axes, main reading.
    caption, reading, scope, source : str
        Caption, which states the finding, then the notes *Lecture*, *Champ* and *Source*.
    data : pandas.DataFrame or pandas.Series, shape (n_rows, n_columns)
        What the figure draws, in an order that makes sense to a reader.
    subtitle : str, optional
        What is drawn, below the caption.
    formats : dict of str to (str or callable), optional
        Column to style: see :func:`claimbook.figures.cell_formatter`.
    base, respondents : optional
        What the data rest on: see :func:`table`. A drawing that would show a hidden cell is not
        published.

    Returns
    -------
    Display

    Raises
    ------
    ValueError
        If a text is missing, the alternative says nothing or repeats the caption, the data or the
        drawing are empty, or `name` is no slug; in a confidential edition, if the data do not
        say what they rest on.
    """
    from matplotlib import pyplot

    _check_texts(name, alt=alt, caption=caption, reading=reading, scope=scope, source=source)
    words = [word for word in re.findall(r"[^\W_]+", alt) if not word.isdigit()]
    if len(words) < _MINIMUM_WORDS:
        needed = f"at least {_MINIMUM_WORDS} are needed (type of chart, axes, main reading)"
        raise ValueError(f"{name}: alt has {len(words)} words where {needed}")
    if " ".join(alt.split()).casefold() == " ".join(caption.split()).casefold():
        raise ValueError(f"{name}: alt repeats the caption; say what the figure shows")
    frame = tables.as_columns(data, name)
    styles = tables.column_styles(frame, name, formats)
    shown = _protected(name, frame, base, respondents, styles)
    drawing = svg.figure_of(fig, name)
    picture = svg.svg_of(drawing, name=name, alternative=str(alt))
    pyplot.close(drawing)
    if not shown.drawn:
        return _tabular(shown, name, caption, reading, scope, source, styles)
    heading = f"Données de la figure\N{NO-BREAK SPACE}: {caption}"
    body = tables.table_html(shown.frame, heading, f"{name}-donnees", styles)
    title = f"Données de la figure «\N{NO-BREAK SPACE}{name}\N{NO-BREAK SPACE}»"
    notes = _notes(Lecture=reading, Champ=scope, Source=source, Secret=shown.notice)
    below = Markup('<p class="subtitle">{}</p>\n').format(subtitle) if subtitle else ""
    html = (
        f'<div class="opsn plotted" id="{name}">\n'
        f'<figure role="figure" aria-label="{escape(str(caption))}">\n'
        f'<figcaption>\n<p class="caption">{escape(caption)}</p>\n{below}</figcaption>\n'
        f'<div class="plot-box">{picture}</div>\n</figure>\n{notes}\n'
        f'<details class="data"><summary>{title}</summary>\n'
        f"{body}\n{tables.download_link(shown.frame, name)}\n</details>\n</div>"
    )
    claims = _claims(alt, caption, subtitle, reading, scope, source)
    return Display(html, f"{caption}\n{alt}", claims, _data(name, shown))


def table(
    frame, *, name, caption, scope, source, reading=None, formats=None, base=None, respondents=None
) -> Display:
    """Show a table with its caption and notes, in French format.

    Parameters
    ----------
    frame : pandas.DataFrame or pandas.Series, shape (n_rows, n_columns)
        Rows in the order that the argument needs.
    name : str
        Slug, unique in the notebook: id in the page and name of the CSV file.
    caption, scope, source : str
        Caption, and the notes *Champ* and *Source*.
    reading : str, optional
        Note *Lecture*.
    formats : dict of str to (str or callable), optional
        Column to style: see :func:`claimbook.figures.cell_formatter`.
    base : dict of str to str, optional
        Heading of each of the columns k, n, value, low, high and std whose heading is another: see
        :func:`claimbook.protect.protected`.
    respondents : bool, optional
        False if the rows are about no respondent. A confidential edition asks for columns k and n,
        or for this; an open one shows everything.

    Returns
    -------
    Display

    Raises
    ------
    ValueError
        If a text is missing, the data are empty, a heading is empty or stated twice, or `name` is
        no slug; in a confidential edition, if the rows do not say what they rest on.
    """
    optional = {} if reading is None else {"reading": reading}
    _check_texts(name, caption=caption, scope=scope, source=source, **optional)
    rows = tables.as_columns(frame, name)
    styles = tables.column_styles(rows, name, formats)
    shown = _protected(name, rows, base, respondents, styles)
    return _tabular(shown, name, caption, reading, scope, source, styles)


def _tabular(shown: _Shown, name, caption, reading, scope, source, styles) -> Display:
    """Return rows with their texts."""
    rows = shown.frame
    body = tables.table_html(rows, caption, f"{name}-titre", styles)
    link = tables.download_link(rows, name)
    notes = _notes(Lecture=reading, Champ=scope, Source=source, Secret=shown.notice)
    html = f'<div class="opsn tabular" id="{name}">\n{body}\n{notes}\n{link}\n</div>'
    plain = f"{caption}\n{rows.to_string(index=False, max_rows=20)}"
    return Display(html, plain, _claims(caption, reading, scope, source), _data(name, shown))


def _protected(name: str, frame: pd.DataFrame, base, respondents, styles) -> _Shown:
    """Return what may be shown of a frame: all of it on an open edition.

    In a confidential one numbers are rounded as `styles` show them, in downloads too.
    `ValueError` if the frame does not say what it rests on.
    """
    if respondents not in (None, False):
        raise ValueError(f"{name}: respondents is False or left out, not {respondents!r}")
    policy = protect.current_policy()
    if not policy.confidential:
        return _Shown(frame, {})
    frame = frame.reset_index(drop=True)
    mark, rounded = {"protected": policy.edition}, tables.rounded(frame, styles)
    if respondents is False:
        return _Shown(rounded, mark)
    known = {heading: column for column, heading in (base or {}).items()}
    try:
        safe, hidden = frames.hide(frame.rename(columns=known), policy.threshold)
    except ValueError as error:
        edition = f"the edition '{policy.edition}' is confidential, and {error}"
        raise ValueError(f"{name}: {edition}. {_REMEDY}.") from None
    hidden = hidden.set_axis(frame.columns, axis=1)
    notice = _HIDDEN.format(french.count(policy.threshold)) if hidden.to_numpy().any() else ""
    # A drawing that was protected misses the hidden cells already, in their place at the end.
    blank = frame.isna().to_numpy()[hidden.sort_index().to_numpy()].all()
    drawn = bool(blank and safe.index.is_monotonic_increasing)
    shown = frames.filled(rounded.iloc[safe.index], hidden, frames.Secret("s"))
    return _Shown(shown, mark, french.typeset(notice) or None, drawn)
