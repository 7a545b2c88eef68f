"""Every page's template can be read: a mistake shows before somebody opens the page."""

from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

import ratedparts.web

TEMPLATES = Path(ratedparts.web.__file__).parent / "templates"


@pytest.mark.parametrize(
    "name", sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
)
def test_a_template_can_be_read(name):
    loaded = FileSystemLoader(TEMPLATES)
    source, _, _ = loaded.get_source(Environment(loader=loaded, autoescape=True), name)
    Environment(loader=loaded, autoescape=True, extensions=["jinja2.ext.i18n"]).parse(source)
