"""The operator's page names everything the program reads and runs."""

import re

import settings
from serving.programs import PROGRAMS

PAGE = (settings.ROOT / "docs" / "operations.md").read_text()


def test_every_environment_variable_is_documented():
    read = re.findall(r'environ\.get\("(\w+)"\)', (settings.ROOT / "settings.py").read_text())
    assert len(read) >= 11
    assert [name for name in read if f"`{name}`" not in PAGE] == []


def test_nothing_but_settings_reads_the_environment():
    folders = ["bench", "care", "dashboard", "etl", "pages", "pathways", "portal", "scoring", "serving", "warehouse"]
    readers = [
        str(path.relative_to(settings.ROOT))
        for folder in folders
        for path in (settings.ROOT / folder).rglob("*.py")
        if re.search(r"\bos\.environ|\bgetenv", path.read_text())
    ]
    assert readers == []


def test_every_program_is_documented():
    assert [name for name in PROGRAMS if f"| `{name}` |" not in PAGE] == []
