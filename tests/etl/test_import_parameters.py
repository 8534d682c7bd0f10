"""Item parameters are the tenant's own: validated, versioned, and nobody else's."""

import csv
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from care.database import app_session
from care.errors import CareError
from care.models import Definition
from care.registry import find_definition
from etl.__main__ import main
from etl.run import run
from factories import make_episode, make_patient, make_response
from lake_rows import lake_rows

ANXIETY = "promis_anxiety_4a_v1_0@1"
OWN = "own:promis_anxiety_4a_v1_0@1"
MADE_UP = "item_id,a,cb1,cb2,cb3,cb4\n" + "".join(f"EDANX{n},2.5,-0.5,0.5,1.5,2.5\n" for n in ("01", "40", "41", "53"))


@pytest.fixture
def bring_in(tenants, tmp_path):
    """Runs the command on a text of parameters for Alpha; its exit code."""

    def run_command(text: str, *options: str) -> int:
        (tmp_path / "parameters.csv").write_text(text, encoding="utf-8")
        path = str(tmp_path / "parameters.csv")
        return main(["import", "parameters", path, "--tenant", tenants[0].name, "--instrument", ANXIETY, *options])

    return run_command


def test_parameters_make_a_version_of_the_tenants_own_that_the_lake_scores_by(tenants, bring_in, capsys):
    alpha, beta = tenants
    assert bring_in(MADE_UP) == 0
    assert f"Published {OWN}" in capsys.readouterr().out
    with app_session(alpha.id) as session:
        answers = {"edanx01": 2, "edanx40": 3, "edanx41": 2}
        episode = make_episode(session, make_patient(session, alpha.north))
        response = make_response(session, episode, answers, instrument=OWN)
        kept = session.scalar(select(Definition.body).where(Definition.kind == "item_parameters"))
        assert kept == MADE_UP
    assert run(alpha.id, datetime(2026, 3, 20, 9, tzinfo=UTC)).rejected == 0
    question = "SELECT scale, value IS NOT NULL, method, se > 0 FROM lake.score WHERE response_id = ? ORDER BY scale"
    rows = {scale: rest for scale, *rest in lake_rows(alpha.id, question, response.id)}
    assert rows["t_eap"] == [True, "eap", True]
    assert rows["t_score"][0] is False
    with app_session(beta.id) as session, pytest.raises(CareError, match="There is no instrument"):
        find_definition(session, "instrument", OWN)


def test_parameters_imported_again_are_the_next_version(tenants, bring_in, capsys):
    assert bring_in(MADE_UP.replace("2.5,-0.5", "2.6,-0.5"), "--grid", "-4", "4", "0.1") == 0
    assert "own:promis_anxiety_4a_v1_0@2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MADE_UP.replace("EDANX53", "EDANX54"), "lack edanx53"),
        (MADE_UP.replace("2.5,-0.5", "steep,-0.5", 1), "all numbers"),
        (MADE_UP.replace("2.5,-0.5,0.5", "2.5,0.5,-0.5", 1), "ascend"),
        ("", "lack"),
    ],
)
def test_parameters_that_are_wrong_are_refused_and_nothing_is_kept(tenants, bring_in, capsys, text, said):
    count = "SELECT count(*) FROM definition WHERE tenant_id IS NOT NULL"
    with app_session(tenants[0].id) as session:
        before = session.connection().exec_driver_sql(count).scalar()
    assert bring_in(text) == 1
    assert said in capsys.readouterr().err
    with app_session(tenants[0].id) as session:
        assert session.connection().exec_driver_sql(count).scalar() == before


def test_imported_parameters_give_the_published_scores(tenants, bring_in, shared_folder):
    alpha, _ = tenants
    assert bring_in((shared_folder / "vectors" / "promis_anxiety_4a__params.csv").read_text()) == 0
    with app_session(alpha.id) as session:
        newest = session.scalar(
            select(Definition)
            .where(Definition.kind == "instrument", Definition.tenant_id == alpha.id)
            .order_by(Definition.version.desc())
            .limit(1)
        )
        reference = f"own:{newest.key}@{newest.version}"
        with (shared_folder / "vectors" / "promis_anxiety_4a__eap.csv").open() as file:
            rows = [row for row in csv.DictReader(file) if row["n_answered"] != "0"][:25]
        episode = make_episode(session, make_patient(session, alpha.north))
        items = ("EDANX01", "EDANX40", "EDANX41", "EDANX53")
        expected = {
            make_response(
                session, episode, {item.lower(): int(row[item]) for item in items if row[item]}, instrument=reference
            ).id: 50 + 10 * float(row["mtb_theta"])
            for row in rows
        }
    run(alpha.id, datetime(2026, 3, 20, 10, tzinfo=UTC))
    for response_id, value in lake_rows(
        alpha.id, "SELECT response_id, value FROM lake.score WHERE scale = 't_eap' AND instrument = ?", reference
    ):
        assert value == pytest.approx(expected[response_id], abs=1e-9)
