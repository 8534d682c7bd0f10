"""Text of a formula -> tokens."""

import re
from dataclasses import dataclass

from scoring.errors import FormulaError
from scoring.formula.limits import MAX_BYTES, MAX_NAME

KEYWORDS = frozenset({"and", "or", "not"})

TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>\.\.|==|!=|<=|>=|[-+*/<>(){},:=])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a formula: what it is (number, name, keyword, sign, end), how it is written, where."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """
    The tokens of ``text``, closed by one of kind ``end``.

    Raises
    ------
    FormulaError
        At the first character that has no meaning, or when the text is longer than 4,096 bytes.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise FormulaError(text, 0, 1, f"the formula is {size:,} bytes long; at most {MAX_BYTES:,} are allowed.")
    tokens, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise FormulaError(text, at, at + 1, f"“{text[at]}” has no meaning here.{_cure(text[at])}")
        if match.lastgroup != "space":
            tokens.append(_token(text, match))
        at = match.end()
    tokens.append(Token("end", "", len(text), len(text) + 1))
    return tokens


def _token(text: str, match: re.Match) -> Token:
    kind, word = match.lastgroup, match.group()
    if kind == "name" and len(word) > MAX_NAME:
        raise FormulaError(text, match.start(), match.end(), f"a name has at most {MAX_NAME} characters.")
    if kind == "name" and word in KEYWORDS:
        kind = "keyword"
    return Token(kind, word, match.start(), match.end())


def _cure(character: str) -> str:
    cures = {
        "^": " There are no powers; multiply instead.",
        "%": " There is no remainder; for percent multiply by 100.",
        "&": " Write “and”.",
        "|": " Write “or”.",
        "!": " Write “not”, or “!=” for unequal.",
        "?": " Write if(condition, then, else).",
        ".": " Decimals need a digit after the point; a range is written p1..p9.",
        "'": " Texts are not numbers; use the answer's number.",
        '"': " Texts are not numbers; use the answer's number.",
        ";": " Separate arguments by commas.",
    }
    return cures.get(character, "")
