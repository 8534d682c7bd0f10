"""Reading the CSV files of a published zip archive, line by line and within limits."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from etl.errors import EtlError

# A year of one procedure has 10 MB; an archive that unpacks to more than this is not what it says.
LARGEST_FILE = 512 * 2**20
# A row has about 300 bytes; what is longer is damaged, and the rest of it is skipped, not held.
LONGEST_LINE = 64 * 2**10


@dataclass(frozen=True)
class Line:
    """One line as published: its number in the file from 1, its bytes without the line's end."""

    number: int
    content: bytes
    is_whole: bool = True  # False: longer than any row can be, and cut


@dataclass(frozen=True)
class CsvFile:
    """One CSV file of an archive."""

    archive: zipfile.ZipFile
    entry: zipfile.ZipInfo

    @property
    def name(self) -> str:
        return PurePosixPath(self.entry.filename).name

    @property
    def size(self) -> int:
        """Bytes once unpacked."""
        return self.entry.file_size

    def lines(self) -> Iterator[Line]:
        """Every line that is not blank, the header first."""
        with self.archive.open(self.entry) as stream:
            number = 0
            while piece := stream.readline(LONGEST_LINE):
                number += 1
                is_whole = piece.endswith(b"\n") or _is_at_the_end(stream)
                content = piece.rstrip(b"\r\n")
                if content or not is_whole:
                    yield Line(number, content, is_whole)


def _is_at_the_end(stream: BinaryIO) -> bool:
    """Read to the end of an overlong line; whether nothing was left of it."""
    rest = stream.readline(LONGEST_LINE)
    was_empty = not rest
    while rest and not rest.endswith(b"\n"):
        rest = stream.readline(LONGEST_LINE)
    return was_empty


@contextmanager
def open_archive(path: Path) -> Iterator[list[CsvFile]]:
    """
    The CSV files of a zip archive, by name; what a Mac or a file manager has added to it is skipped.

    Raises EtlError for what is no zip archive, is damaged (also while it is being read), locked, unpacks to more than
    512 MB, or holds no CSV file.
    """
    archive = _opened(path)
    with archive:
        files = [CsvFile(archive, _checked(path, entry)) for entry in _csv_entries(path, archive)]
        try:
            yield files
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise EtlError(_UNREADABLE.format(name=path.name, why=error)) from None


_UNREADABLE = "{name} is not a zip archive that can be read ({why}). Download it again and give it as it came."


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise EtlError(f"There is no file {path}. Check the path.") from None
    except IsADirectoryError:
        raise EtlError(f"{path} is a folder. Give the zip archive itself.") from None
    except (zipfile.BadZipFile, OSError) as error:
        raise EtlError(_UNREADABLE.format(name=path.name, why=error)) from None


def _csv_entries(path: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    found = sorted((entry for entry in archive.infolist() if _is_csv(entry)), key=lambda entry: entry.filename)
    if not found:
        raise EtlError(f"{path.name} holds no CSV file. Give the archive with the registry's provider file in it.")
    return found


def _is_csv(entry: zipfile.ZipInfo) -> bool:
    place = PurePosixPath(entry.filename)
    is_real = "__MACOSX" not in place.parts and not place.name.startswith(".")
    return is_real and not entry.is_dir() and place.suffix.lower() == ".csv"


def _checked(path: Path, entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    if entry.flag_bits & 1:
        raise EtlError(f"{entry.filename} in {path.name} is locked with a password. Give an archive without one.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise EtlError(f"{entry.filename} in {path.name} is packed in an unusual way. Pack it as an ordinary zip.")
    if entry.file_size > LARGEST_FILE:
        raise EtlError(
            f"{entry.filename} in {path.name} would unpack to {entry.file_size / 2**20:,.0f} MB; "
            f"at most {LARGEST_FILE // 2**20} MB are read. Check that this is the registry's file."
        )
    return entry
