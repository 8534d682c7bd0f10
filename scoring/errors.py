"""What scoring refuses, in sentences a clinician may read."""


class ScoringError(Exception):
    """Names the thing, the place and the cure."""


class FormulaError(ScoringError):
    """
    A formula that cannot be accepted; the message points at the character.

    ``text`` is the formula, ``start`` and ``end`` the offending characters in it, ``what`` the sentence beside the
    mark.
    """

    def __init__(self, text: str, start: int, end: int, what: str):
        self.text, self.start, self.end, self.what = text, start, end, what
        super().__init__(self._marked())

    def _marked(self) -> str:
        line_start = self.text.rfind("\n", 0, self.start) + 1
        line_end = self.text.find("\n", self.start)
        line = self.text[line_start : line_end if line_end >= 0 else len(self.text)]
        mark = "^" * max(1, min(self.end, line_start + len(line), self.start + 60) - self.start)
        # long formulas are cut around the mark, so that the caret stays under its character in a narrow terminal
        column = self.start - line_start
        cut = max(0, column - 60)
        return f"    {line[cut : cut + 120]}\n    {' ' * (column - cut)}{mark} {self.what}"
