"""The portal's languages: gettext catalogues, read from their .po texts when a language is first asked for."""

import ast
import re
from datetime import date
from functools import cache
from gettext import NullTranslations

import settings

LANGUAGES = {"en": "English", "es": "Español"}
MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
    "es": "ene feb mar abr may jun jul ago sep oct nov dic".split(),
}
ENTRY = re.compile(r'^msgid (".*")\nmsgstr (".*")$', re.MULTILINE)


class Catalogue(NullTranslations):
    """One language; a text without a translation stays as it is."""

    def __init__(self, texts: dict[str, str]):
        super().__init__()
        self.texts = texts

    def gettext(self, message: str) -> str:
        return self.texts.get(message) or message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language; English is the language of the texts themselves."""
    path = settings.ROOT / "portal" / "locale" / f"{language}.po"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return Catalogue({ast.literal_eval(source): ast.literal_eval(said) for source, said in ENTRY.findall(text)})


def short_date(day: date, language: str, today: date) -> str:
    """12 Mar; with the year when it is not this year's."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {MONTHS[language][day.month - 1]}{year}"
