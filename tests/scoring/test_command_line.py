"""``python -m scoring score``: a CSV of answers in, the same with scores beside them out."""

import pytest

from scoring.__main__ import main


@pytest.fixture
def score(tmp_path, capsys):
    """Scores a CSV text; (exit code, output, messages)."""

    def run(instrument: str, text: str, *options: str) -> tuple[int, str, str]:
        source = tmp_path / "answers.csv"
        source.write_text(text, encoding="utf-8")
        code = main(["score", instrument, str(source), *options])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_columns_are_found_by_item_id_in_any_order_and_case(score):
    code, out, _ = score("phq_2", "patient,Q2,q1\nann,3,1\nbob,,2\n")
    assert code == 0
    assert out == "patient,Q2,q1,total\nann,3,1,4\nbob,,2,\n"


def test_columns_may_be_taken_by_official_order(score):
    _, out, _ = score("phq_2", "a,b,remark\n3,1,first visit\n", "--by-position")
    assert out == "a,b,remark,total\n3,1,first visit,4\n"


def test_an_answer_out_of_range_is_reported_and_the_rest_is_scored(score):
    code, out, messages = score("quickdash", _quickdash("9"), "--by-position")
    assert code == 0
    assert out.splitlines()[1].endswith(",25,0,")  # ten of eleven are enough; the sport module lacks its last answer
    assert "line 2, item q1: “9” rejected. Allowed: whole numbers 1 to 5." in messages
    assert "line 2, item sport4: “two” rejected." in messages
    assert "1 rows scored, 2 answers rejected (quickdash@1)" in messages


def _quickdash(first: str) -> str:
    header = ",".join(f"c{number}" for number in range(19))
    return f"{header}\n{first},{','.join(['2'] * 10)},1,1,1,1,1,1,1,two\n"


def test_a_module_that_was_not_asked_may_be_left_out(score):
    header = ",".join(f"q{number}" for number in range(1, 12))
    for options in ((), ("--by-position",)):
        code, out, messages = score("quickdash", f"{header}\n{','.join(['2'] * 11)}\n", *options)
        assert (code, out.splitlines()[1]) == (0, "2,2,2,2,2,2,2,2,2,2,2,25,,")
        assert "no column for work1 to sport4: counted as not asked" in messages


def test_a_scale_that_lacks_one_column_is_refused(score):
    header = ",".join(f"q{number}" for number in range(1, 11))
    for options in ((), ("--by-position",)):
        code, out, messages = score("quickdash", f"{header}\n{','.join(['2'] * 10)}\n", *options)
        assert (code, out) == (2, "")
        assert messages


def test_answers_are_read_as_the_form_prints_them(score):
    code, out, messages = score("groc", "rating\n-7\n0\n5\n7\n8\n")
    assert (code, out) == (0, "rating,change\n-7,-7\n0,0\n5,5\n7,7\n8,\n")
    assert "line 6, item rating: “8” rejected. Allowed: whole numbers -7 to 7." in messages


def test_two_marks_follow_the_instruments_rule(score):
    _, out, messages = score("odi", "h" + ",h" * 9 + "\n1;3" + ",0" * 9 + "\n", "--by-position")
    assert out.splitlines()[1].endswith(",6")  # the higher: 3 of 50
    assert "0 answers rejected" in messages


def test_a_file_without_the_columns_is_refused_with_the_cure(score):
    code, out, messages = score("phq_2", "one,two\n1,2\n")
    assert (code, out) == (2, "")
    assert messages == (
        "The file has no column for q1, q2. Name the columns by item id (python -m scoring list phq_2), "
        "or give them in official order with --by-position.\n"
    )


def test_a_refused_file_leaves_nothing_half_written(score, tmp_path):
    code, _, _ = score("phq_2", "one\n1\n", "--by-position", "--out", str(tmp_path / "out.csv"))
    assert code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["answers.csv"]


def test_a_missing_file_is_named(capsys, tmp_path):
    assert main(["score", "phq_2", str(tmp_path / "nowhere.csv")]) == 2
    assert "nowhere.csv: No such file or directory." in capsys.readouterr().err


def test_list_shows_scales_and_items_in_order(capsys):
    assert main(["list", "start_back"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert listed[0] == "start_back@1  STarT Back Screening Tool  (official)"
    assert listed[1] == "  scales  total psychosocial risk"
    assert listed[2] == "  items   q1 q2 q3 q4 q5 q6 q7 q8 q9"


def test_check_verifies_the_whole_library(capsys):
    assert main(["check"]) == 0
    assert capsys.readouterr().out.endswith("no problems\n")
