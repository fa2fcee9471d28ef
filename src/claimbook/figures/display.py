"""The two ways to show something: :func:`figure` and :func:`table`."""

from __future__ import annotations

from markupsafe import Markup, escape

from claimbook.figures import svg, tabular, texts
from claimbook.figures.protected import guard

CLAIMS_TYPE = "application/vnd.opsn.claims+json"
#: What a figure draws or a table shows, at full precision: tests compare it, readers see it formatted.
DATA_TYPE = "application/vnd.opsn.data+json"

#: Look in JupyterLab, where the style sheet of reports is absent; the exporter removes it.
LAB_STYLE = (
    "<style>.opsn{margin:1em 0}.opsn svg{max-width:100%;height:auto;background:#fff}.opsn .scroll{overflow:auto}"
    ".opsn .long{max-height:30em}.opsn th,.opsn td{text-align:left}.opsn .n{text-align:right}"
    ".opsn caption,.opsn .caption{text-align:left;font-weight:bold}</style>\n"
)


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
        ``name``, and ``csv``: the rows that it draws or shows; ``protected``: the confidential edition whose
        protection was applied.
    """

    def __init__(self, html: str, plain: str, claims: list[dict], data: dict):
        self.html, self.plain, self.claims, self.data = html, plain, claims, data

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {
            "text/html": LAB_STYLE + self.html,
            "text/plain": self.plain,
            DATA_TYPE: self.data,
        }
        if self.claims:
            protected = {key: self.data[key] for key in ("protected",) if key in self.data}
            bundle[CLAIMS_TYPE] = {"claims": self.claims, **protected}
        return bundle

    def __repr__(self):
        return self.plain


def _notes(**notes) -> Markup:
    rows = (
        f'<p><b class="label">{label}</b>\N{NO-BREAK SPACE}: {texts.as_html(text)}</p>'
        for label, text in notes.items()
        if text is not None
    )
    return Markup('<div class="notes">' + "".join(rows) + "</div>")


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
    formats=None,
    row_header=None,
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
        Caption, then the notes *Lecture*, *Champ* and *Source*.
    data : pandas.DataFrame or pandas.Series, shape (n_rows, n_columns)
        What the figure draws, in an order that makes sense to a reader.
    formats : dict of str to (str or callable), optional
        Column to style: see :func:`claimbook.figures.cell_formatter`.
    row_header : str, optional
        Column that names the rows; the first one by default.
    respondents : object, optional
        Who stands behind the data: see :func:`table`. A drawing that would show a hidden cell is not published.

    Returns
    -------
    Display

    Raises
    ------
    ValueError
        If a text is missing, the alternative says nothing or repeats the caption, the data or the drawing are empty,
        or `name` is no slug; in a confidential edition, if `respondents` is missing or too few.
    """
    texts.check_name(name)
    reason = texts.filler_reason(texts.check_text("alt", alt, name))
    if reason:
        raise ValueError(f"{name}: alt {reason}")
    for what, text in (
        ("caption", caption),
        ("reading", reading),
        ("scope", scope),
        ("source", source),
    ):
        texts.check_text(what, text, name)
    if " ".join(alt.split()).casefold() == " ".join(caption.split()).casefold():
        raise ValueError(f"{name}: alt repeats the caption; say what the figure shows")
    frame, row_header = tabular.as_columns(data, name, row_header)
    styles = tabular.column_styles(frame, name, formats)
    shown = guard(name, frame, respondents)
    drawing = svg.figure_of(fig, name)
    picture = svg.svg_of(drawing, name=name, alternative=str(alt))
    _close(drawing)
    if not shown.drawn:
        return _undrawn(shown, name, caption, reading, scope, source, row_header, styles)
    frame = shown.frame
    body = tabular.table_html(
        frame,
        caption=f"Données de la figure\N{NO-BREAK SPACE}: {caption}",
        caption_id=f"{name}-donnees",
        row_header=row_header,
        styles=styles,
    )
    html = (
        f'<div class="opsn plotted" id="{name}">\n<figure role="figure" aria-label="{escape(str(caption))}">\n'
        f'<div class="plot-box" role="region" aria-label="Figure {name}" tabindex="0">{picture}</div>\n'
        f'<figcaption>\n<p class="caption">{texts.as_html(caption)}</p>\n'
        f"{_notes(Lecture=reading, Champ=scope, Source=source, Secret=shown.notice)}\n</figcaption>\n</figure>\n"
        f'<details class="data"><summary>Données de la figure «\N{NO-BREAK SPACE}{name}\N{NO-BREAK SPACE}»</summary>\n'
        f"{body}\n{tabular.download_link(frame, name)}\n</details>\n</div>"
    )
    claims = texts.claims_of(alt, caption, reading, scope, source)
    return Display(html, f"{caption}\n{alt}", claims, _data(name, shown))


def table(
    frame,
    *,
    name,
    caption,
    scope,
    source,
    reading=None,
    formats=None,
    row_header=None,
    downloads=True,
    respondents=None,
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
    row_header : str, optional
        Column that names the rows; the first one by default.
    downloads : bool
        Whether the rows can be saved as CSV.
    respondents : str, int or claimbook.protect.Counted, optional
        Who stands behind the rows: the column that counts operators, their number in all,
        :func:`claimbook.protect.counted`, ``disclosure.EACH`` (each row is about one operator) or
        ``disclosure.NOBODY``. An open edition shows everything; a confidential one asks for it.

    Returns
    -------
    Display

    Raises
    ------
    ValueError
        If a text is missing, the data are empty, a heading is empty or stated twice, or `name` is no slug; in a
        confidential edition, if `respondents` is missing or too few.
    """
    texts.check_name(name)
    for what, text in (("caption", caption), ("scope", scope), ("source", source)):
        texts.check_text(what, text, name)
    texts.check_text("reading", reading, name, optional=True)
    rows, row_header = tabular.as_columns(frame, name, row_header)
    styles = tabular.column_styles(rows, name, formats)
    shown = guard(name, rows, respondents)
    if shown.withheld:
        return _withheld(shown, name, caption, scope, source)
    return _rows(
        shown, name, f"{name}-titre", caption, reading, scope, source, row_header, styles, downloads
    )


def _rows(
    shown, name, caption_id, caption, reading, scope, source, row_header, styles, downloads=True
) -> Display:
    rows = shown.frame
    body = tabular.table_html(
        rows,
        caption=texts.as_html(caption),
        caption_id=caption_id,
        row_header=row_header,
        styles=styles,
    )
    link = f"\n{tabular.download_link(rows, name)}" if downloads else ""
    notes = _notes(Lecture=reading, Champ=scope, Source=source, Secret=shown.notice)
    html = f'<div class="opsn tabular" id="{name}">\n{body}\n{notes}{link}\n</div>'
    plain = f"{caption}\n{rows.to_string(index=False, max_rows=20)}"
    return Display(
        html, plain, texts.claims_of(caption, reading, scope, source), _data(name, shown)
    )


def _undrawn(shown, name, caption, reading, scope, source, row_header, styles) -> Display:
    """Return a figure without its drawing: its rows where they may be shown, else its caption."""
    if shown.withheld:
        return _withheld(shown, name, caption, scope, source)
    return _rows(shown, name, f"{name}-titre", caption, reading, scope, source, row_header, styles)


def _withheld(shown, name, caption, scope, source) -> Display:
    notes = _notes(Secret=shown.notice, Champ=scope, Source=source)
    html = (
        f'<div class="opsn tabular" id="{name}">\n'
        f'<p class="caption" id="{name}-titre">{texts.as_html(caption)}</p>\n{notes}\n</div>'
    )
    return Display(
        html,
        f"{caption}\n{shown.notice}",
        texts.claims_of(caption, scope, source),
        _data(name, shown),
    )


def _data(name: str, shown) -> dict:
    text = "" if shown.withheld else shown.frame.to_csv(index=False, lineterminator="\n")
    return {"name": name, "csv": text, **shown.mark}


def _close(drawing) -> None:
    from matplotlib import pyplot

    pyplot.close(drawing)
