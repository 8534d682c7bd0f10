"""What is no registry file is refused with one sentence that says what to do."""

import tomllib
import zipfile

import pytest

from etl.errors import EtlError
from etl.imports import archive as archives
from etl.imports.archive import open_archive
from etl.imports.layout import NHS_PROMS, procedure_of
from registry_file import HIP, LAYOUT, header, packed


def first_lines(path, count=10):
    with open_archive(path) as (file,):
        return [line for line, _ in zip(file.lines(), range(count), strict=False)]


def test_lines_are_numbered_as_an_editor_shows_them(tmp_path):
    path = packed(tmp_path / "a.zip", {"a.csv": b"head\r\n\r\nrow\r\n"})
    assert [(line.number, line.content) for line in first_lines(path)] == [(1, b"head"), (3, b"row")]


def test_what_a_mac_adds_to_an_archive_is_skipped(tmp_path):
    path = packed(tmp_path / "a.zip", {"x/a.csv": b"head\n", "__MACOSX/x/._a.csv": b"\xb0", "x/.DS_Store": b"\x00"})
    assert [line.content for line in first_lines(path)] == [b"head"]


def test_an_archive_may_hold_several_files(tmp_path):
    with open_archive(packed(tmp_path / "a.zip", {"b.csv": b"x", "a.CSV": b"x", "read me.txt": b"x"})) as files:
        assert [file.name for file in files] == ["a.CSV", "b.csv"]


def test_a_line_without_an_end_is_cut_and_its_rest_skipped(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "LONGEST_LINE", 8)
    path = packed(tmp_path / "a.zip", {"a.csv": b"head\n" + b"x" * 50 + b"\nrow\nlast one"})
    assert [(line.number, line.content, line.is_whole) for line in first_lines(path)] == [
        (1, b"head", True),
        (2, b"xxxxxxxx", False),
        (3, b"row", True),
        (4, b"last one", True),
    ]


def test_refusals_say_what_is_wrong_and_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "not.zip").write_text("a,b\n")
    packed(tmp_path / "empty.zip", {"readme.txt": b"hello"})
    packed(tmp_path / "bomb.zip", {"a.csv": b"0" * 5000})
    with zipfile.ZipFile(tmp_path / "bzip.zip", "w", zipfile.ZIP_BZIP2) as made:
        made.writestr("a.csv", "head")
    monkeypatch.setattr(archives, "LARGEST_FILE", 4000)
    for name, sentence in {
        "none.zip": "There is no file",
        "": "is a folder",
        "not.zip": "not.zip is not a zip archive that can be read",
        "empty.zip": "empty.zip holds no CSV file",
        "bomb.zip": "would unpack to",
        "bzip.zip": "packed in an unusual way",
    }.items():
        with pytest.raises(EtlError, match=sentence), open_archive(tmp_path / name):
            pass


def test_a_file_of_something_else_is_told_from_one_that_lacks_a_column():
    assert procedure_of(LAYOUT, header(), "hip.csv") is HIP
    with pytest.raises(EtlError, match="does not look like a file of NHS England PROMs"):
        procedure_of(LAYOUT, ["Provider Code", "Year", "Participation"], "other.csv")
    lacking = [name for name in header() if name != "Hip Replacement Post-Op Q Limping"]
    with pytest.raises(EtlError, match="lacks 1 of the .* columns .*“Hip Replacement Post-Op Q Limping”"):
        procedure_of(LAYOUT, lacking, "hip.csv")


def test_every_published_column_is_kept_or_left_out_on_purpose(shared_folder):
    (path,) = shared_folder.glob("data/2016-17_Hip*.zip")
    published = first_lines(path, 1)[0].content.decode().split(",")
    ignored = tomllib.loads(NHS_PROMS.read_text())["ignored"]
    assert sorted([*header(), *ignored]) == sorted(published)
