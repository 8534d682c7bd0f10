"""The demonstration's own content is refused by file and thing where it is wrong."""

import shutil

import pytest

import settings
from pathways.demo.chance import Chance
from pathways.demo.content import demo_content
from pathways.demo.course import between_points, draw_courses
from pathways.errors import PathwayError


@pytest.mark.parametrize(
    ("file", "found", "instead", "message"),
    [
        ("shapes.toml", 'exercise = "low"', 'exercise = "lots"', "known are steady, low, falling, none"),
        (
            "shapes.toml",
            'answers = "until 14"',
            'answers = "sometimes"',
            "answers 'sometimes'; write all, none or until",
        ),
        ("shapes.toml", 'ends = "planned"', 'end = "planned"', "unexpected keyword argument 'end'"),
        ("clinics.toml", 'code = "harbor"\n', "", "missing 1 required positional argument: 'code'"),
        ("threads.toml", "[[thread]]", "[[thread", "this is not TOML"),
    ],
)
def test_wrong_content_is_refused_by_file_and_thing(tmp_path, file, found, instead, message):
    folder = tmp_path / "demo"
    shutil.copytree(settings.CONTENT / "demo", folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert found in text
    (folder / file).write_text(text.replace(found, instead, 1), encoding="utf-8")
    with pytest.raises(PathwayError) as refusal:
        demo_content(folder)
    assert str(refusal.value).startswith(f"data/demo/{file}: ")
    assert message in str(refusal.value)


def test_between_two_points_lies_a_straight_line_and_outside_their_own_value():
    points = [[7, 40.0], [14, 50.0]]
    assert [between_points(points, day) for day in (0, 7, 10.5, 14, 90)] == [40.0, 40.0, 45.0, 50.0, 50.0]


def test_a_shape_moves_the_course_to_its_worse_side_whatever_the_direction():
    """Plateau, day 84: 2.9 residual SDs worse than expected is lower on KOOS JR and higher on pain."""
    content = demo_content()
    shapes = {shape.key: shape for shape in content.shapes}
    knee = [scale for scale in content.scales if scale.pathway == "total_knee"]
    directions = [(scale, 1 if scale.instrument == "koos_jr@1" else -1) for scale in knee]
    means = {}
    for key in ("on_course", "plateau"):
        drawn = [draw_courses(directions, shapes[key], Chance(seed, key)) for seed in range(300)]
        for instrument in ("koos_jr@1", "nprs@1"):
            scores = [courses[instrument].score(84, Chance(seed, "day 84")) for seed, courses in enumerate(drawn)]
            means[key, instrument] = sum(scores) / len(scores)
    assert means["on_course", "koos_jr@1"] == pytest.approx(72.0, abs=1.5)
    assert means["plateau", "koos_jr@1"] == pytest.approx(72.0 - 2.9 * 13.5 * (1 - 0.42**2) ** 0.5, abs=1.5)
    assert means["plateau", "nprs@1"] == pytest.approx(2.2 + 2.9 * 1.6 * (1 - 0.35**2) ** 0.5, abs=0.2)
