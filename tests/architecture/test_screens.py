"""Rules every staff screen keeps, read from the source."""

import ast
import re

import pytest

import settings
from dashboard.navigation import PAGES

PAGE_FILES = sorted((settings.ROOT / "pages").glob("*.py"))
SCREEN_FILES = [*PAGE_FILES, *sorted((settings.ROOT / "dashboard").rglob("*.py"))]
# faded below legible contrast; h3 under h1; decoration; charts of a second engine; an HTML door
BANNED = {
    "caption",
    "subheader",
    "divider",
    "balloons",
    "snow",
    "line_chart",
    "bar_chart",
    "area_chart",
    "scatter_chart",
    "table",  # reads its cells as markdown: dashboard.elements.table shows them as they are
}
# The only places where HTML is written: one style rule, and links to our own routes that leave the app.
HTML_ALLOWED = {"elements.py", "gate.py", "account.py"}
# These need a session and nothing more; the gate in app.py has asked for one.
OPEN_TO_ALL_ROLES = {"home.py", "account.py", "sign_out.py"}
SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b.*\b(FROM|SET|VALUES|WHERE)\b", re.DOTALL)


def named(paths):
    return [pytest.param(path, id=path.relative_to(settings.ROOT).as_posix()) for path in paths]


def streamlit_calls(path) -> set[str]:
    """Names of the attributes of ``st`` that a file uses."""
    return {
        node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "st"
    }


def imported(path) -> set[str]:
    tree = ast.parse(path.read_text())
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return modules | {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}


@pytest.mark.parametrize("path", named(SCREEN_FILES))
def test_no_element_that_cannot_be_read_or_jumps(path):
    allowed = {"table"} if path.name == "elements.py" else set()
    assert not streamlit_calls(path) & BANNED - allowed


@pytest.mark.parametrize("path", named(SCREEN_FILES))
def test_html_is_written_in_three_places_only(path):
    if path.name not in HTML_ALLOWED:
        assert "html" not in streamlit_calls(path)
    assert "unsafe_allow_html" not in path.read_text()


def test_a_colour_is_written_in_the_theme_only():
    sources = [
        path for path in (settings.ROOT / "dashboard").rglob("*") if path.suffix in {".py", ".js", ".css", ".svg"}
    ]
    for path in [*sources, *PAGE_FILES]:
        assert not re.search(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b(?=[;\"' ])", path.read_text()), path.name


@pytest.mark.parametrize("path", named(SCREEN_FILES))
def test_no_sql_in_screens(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and path.name != "health.py":
            assert not SQL.search(node.value)


@pytest.mark.parametrize("path", named(PAGE_FILES))
def test_a_page_asks_views_and_never_a_store(path):
    stores = {"duckdb", "sqlalchemy", "psycopg", "warehouse.connection", "care.database", "care.models"}
    assert not imported(path) & stores


def test_every_page_file_is_in_the_navigation():
    assert {path.name for path in PAGE_FILES} == {page.file for page in PAGES}


@pytest.mark.parametrize("path", named(PAGE_FILES))
def test_every_page_checks_its_own_permission_first(path):
    page = next(page for page in PAGES if page.file == path.name)
    source = path.read_text()
    if path.name in OPEN_TO_ALL_ROLES:
        assert page.permission is None and "current_viewer(" in source
    else:
        assert f"viewer_who_can(Permission.{page.permission.name})" in source


@pytest.mark.parametrize("path", named(PAGE_FILES))
def test_a_page_is_about_forty_lines(path):
    assert len(path.read_text().splitlines()) <= 60


@pytest.mark.parametrize("path", named(sorted((settings.ROOT / "dashboard").rglob("*.js"))))
def test_the_browser_side_never_parses_html(path):
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?://(?!www\.w3\.org/2000/svg)",
        path.read_text(),
    )
