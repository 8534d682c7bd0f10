"""The example of docs/instrument-definitions.md is a definition that may be published."""

import re

import pytest

import settings
from scoring.__main__ import main
from scoring.instruments import parse_instrument
from scoring.publish import problems
from scoring.score import score_response

PAGE = (settings.ROOT / "docs" / "instrument-definitions.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1]


def test_the_example_may_be_published():
    assert problems(parse_instrument(EXAMPLE, "example")) == []


def test_the_example_scores_by_its_own_rule():
    answers = {"stairs": 2, "sleep": 3, "walks": 0, "fall": 1}
    scores = score_response(parse_instrument(EXAMPLE, "example"), answers)
    assert [(score.scale, score.value) for score in scores] == [("trouble", 10.0), ("percent", 85.0)]


@pytest.fixture
def own_file(tmp_path):
    path = tmp_path / "knee_diary.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return path


def test_a_definition_of_ones_own_is_checked_from_its_file(own_file, capsys):
    assert main(["check", str(own_file)]) == 0
    assert capsys.readouterr().out == "1 instruments, 2 scales, 3 vectors: no problems\n"
    own_file.write_text(EXAMPLE.replace("rev(walks)", "walks"), encoding="utf-8")
    assert main(["check", str(own_file)]) == 1
    assert "a better answer to walks makes the score worse" in capsys.readouterr().out


def test_a_definition_of_ones_own_scores_a_file(own_file, tmp_path, capsys):
    answers = tmp_path / "answers.csv"
    answers.write_text("stairs,sleep,walks,fall,remark\n2,3,0,1,\n", encoding="utf-8")
    assert main(["score", str(own_file), str(answers)]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "2,3,0,1,,10,85"


def test_a_missing_definition_is_named(tmp_path, capsys):
    assert main(["check", str(tmp_path / "nowhere.toml")]) == 2
    assert "nowhere.toml: No such file or directory." in capsys.readouterr().err
