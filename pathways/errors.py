class PathwayError(Exception):
    """Something about a pathway or its demonstration that is refused; the message is a sentence with the cure."""


class PathwayFileError(PathwayError):
    """A pathway text that is refused: names the file, the line, the thing and the cure."""

    def __init__(self, name: str, line: int | None, sentence: str):
        place = f"{name}, line {line}" if line else name
        super().__init__(f"{place}: {sentence}")
        self.name, self.line = name, line
