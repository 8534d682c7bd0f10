"""A definition that is wrong cannot be published, and the message says where and why."""

import numpy as np
import pytest

import settings
from scoring.definition.cited import is_loinc
from scoring.difference import ScaleDifference, preview
from scoring.errors import ScoringError
from scoring.instruments import load_library, parse_instrument
from scoring.publish import ensure_publishable, problems

DEFINITION = (settings.CONTENT / "instruments" / "koos_jr.toml").read_text(encoding="utf-8")
OXFORD = (settings.CONTENT / "instruments" / "oxford_hip.toml").read_text(encoding="utf-8")


def changed(old: str, new: str, text: str = DEFINITION):
    assert old in text
    return parse_instrument(text.replace(old, new), "instruments/changed.toml")


def line_of(part: str, text: str = DEFINITION) -> int:
    return 1 + text[: text.index(part)].count("\n")


def test_a_wrong_cell_of_a_table_is_found_by_its_checksum():
    found = problems(changed("91.975", "91.957"))
    assert (
        f"changed.toml, line {line_of('[tables.koos_jr]')}: table koos_jr is not the one its sha256 was taken"
        in found[0]
    )


def test_a_reversed_instrument_is_found_without_any_vector():
    """awell-score ran a reversed Oxford Hip from March to September 2025."""
    reversed_hip = OXFORD.replace('formula = "psum(pain..work, min=10)"', 'formula = "48 - psum(pain..work, min=10)"')
    found = problems(parse_instrument(reversed_hip[: reversed_hip.index("[[vectors]]")], "instruments/hip.toml"))
    assert "it is turned round: the best answers give the worst score" in " ".join(found)


def test_one_reversed_item_is_found():
    found = problems(changed('answers = "nights" }', 'answers = "nights", reverse = true }', OXFORD))
    assert any("a better answer to night_pain makes the score worse" in problem for problem in found)


def test_a_table_that_is_too_short_is_found():
    found = problems(changed(", 8.291, 0.000]", "]"))
    assert any("the worst answers give no score" in problem for problem in found)
    assert any("some complete answers (item stiffness climbing) give no score" in problem for problem in found)


def test_a_failed_vector_names_line_scale_and_both_numbers():
    found = problems(changed("interval = 68.284", "interval = 70.704"))
    line = line_of('answers = "4 3 0 0 0 0 0"') - 1
    assert found == [
        f"instruments/changed.toml, line {line}: interval: 70.704 expected, the {path} gives 68.284."
        for path in ("formula", "column engine")
    ]


def test_an_item_that_enters_no_scale_must_say_so():
    found = problems(changed("psum(pain..work, min=10)", "psum(pain..standing, min=10)", OXFORD))
    assert any("item work enters no scale; declare scored = false" in problem for problem in found)


def test_a_scale_without_a_vector_is_not_proven():
    bare = parse_instrument(DEFINITION[: DEFINITION.index("[[vectors]]")], "instruments/bare.toml")
    with pytest.raises(
        ScoringError, match="koos_jr@1 cannot be published:\n.*no vector gives a number for the scale interval"
    ):
        ensure_publishable(bare)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('direction = "higher"', 'direction = "up"', "direction of scales “interval” is “up”; allowed: higher, lower."),
        ('status = "official"', "status = 3", "status must be a text in quotes."),
        ('title = "KOOS, JR"', 'titel = "KOOS, JR"', "title is missing."),
        ("decimals = 0", "decimal = 0", "decimal of scales “interval” is not known here; check the spelling."),
        ('panel = "82324-5"', 'panel = "82324-6"', "panel of loinc “82324-6” is not a LOINC code: its check digit"),
        ('id = "bending"', 'id = "rising"', "id of items “rising” “rising” stands twice."),
        ("low = 0\nhigh = 4", "low = -2\nhigh = 4", "negative numbers are codes of absence"),
        ("interval = 68.284", 'interval = "x"', "“interval” must be a number or “none”."),
        ('answers = "4 3 0 0 0 0 0"', 'answers = "4 3 0"', "holds 3 answers; the instrument has 7 items."),
    ],
)
def test_a_definition_that_cannot_be_read_is_refused_by_line(old, new, says):
    with pytest.raises(ScoringError, match=r"instruments/changed.toml, line \d+: ") as refused:
        changed(old, new)
    assert says in str(refused.value)


def test_a_formula_that_cannot_be_read_is_shown_with_its_place():
    with pytest.raises(ScoringError) as refused:
        changed("sum(stiffness..bending)", "sum(stifness..bending)")
    assert str(refused.value) == (
        f"instruments/changed.toml, line {line_of('formula = ')}: formula of scales “interval” cannot be read:\n"
        "    lookup(sum(stifness..bending), koos_jr)\n"
        "               ^^^^^^^^ no such item. Did you mean stiffness? "
        "Items: stiffness, twisting, straightening, stairs, standing, rising, bending."
    )


def test_broken_toml_keeps_its_line():
    with pytest.raises(ScoringError, match=r"not valid TOML: .*line 2"):
        parse_instrument('key = "x"\nversion = = 1\n', "instruments/x.toml")


def test_two_files_may_not_define_the_same_version(tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(DEFINITION, encoding="utf-8")
    with pytest.raises(ScoringError, match="koos_jr@1 is already defined in .*a.toml"):
        load_library(tmp_path)


@pytest.mark.parametrize("code", ["72102-7", "82324-5", "97909-6", "44249-1", "69737-5", "72514-3"])
def test_loinc_check_digits(code):
    assert is_loinc(code)
    assert not is_loinc(code[:-1] + str((int(code[-1]) + 1) % 10))


def test_a_new_version_is_previewed_on_stored_responses():
    old = parse_instrument(OXFORD, "old")
    new = parse_instrument(OXFORD.replace("min=10", "min=12"), "new")
    answers = np.full((4, 12), 3, dtype=np.int16)
    answers[0, 0] = -1
    answers[1, :3] = -1
    assert preview(old, new, answers) == [
        ScaleDifference("total", 4, changed=0, gained=0, lost=1, mean=0.0, largest=0.0)
    ]
    harsher = parse_instrument(OXFORD.replace('"psum(pain..work, min=10)"', '"psum(pain..work, min=10) - pain"'), "new")
    assert preview(old, harsher, answers)[0] == ScaleDifference(
        "total", 4, changed=2, gained=0, lost=1, mean=-3.0, largest=-3.0
    )
