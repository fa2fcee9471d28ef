"""The one template and the one style sheet, loaded and measured."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import jinja2
from markupsafe import Markup

from claimbook.page.markup import plain_to_html

HERE = Path(__file__).parent
TEMPLATE = "page.html.j2"
STYLE = "page.css"


@functools.cache
def environment() -> jinja2.Environment:
    """Return the environment: everything is escaped, and a name that is not given is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["words"] = plain_to_html
    return made


@functools.cache
def style_sheet() -> Markup:
    """Return the style sheet as the page carries it: without comments and indentation."""
    text = re.sub(r"/\*.*?\*/", "", (HERE / STYLE).read_text(encoding="utf-8"), flags=re.DOTALL)
    return Markup(re.sub(r"\s*\n\s*", "\n", text).strip())


def render(page: dict) -> str:
    """Return the page that `page` describes."""
    return environment().get_template(TEMPLATE).render(page=page, css=style_sheet())


def theme_bytes() -> int:
    """Return the weight of the template and of the style sheet, in bytes."""
    return sum((HERE / name).stat().st_size for name in (TEMPLATE, STYLE))
