"""Our outcomes of the published rows equal the registry's own table of providers."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from care.access import Scope
from care.lakes import lake_address
from care.registry import load_library
from care.tenants import add_tenant, tenant_named
from etl.imports.nhs_proms import import_nhs_proms
from etl.run import run
from warehouse.connection import Lake, reader
from warehouse.questions.outcomes import Selection, get_outcomes_by_clinic

PRIMARY = Selection(
    "hip_replacement", "primary", "surgery", "oxford_hip@1", "total", True, 182,
    date(2016, 1, 1), date(2016, 12, 31), only_predicted=True,
)  # fmt: skip


@pytest.fixture(scope="module")
def lake_of_2016(store, shared_folder):
    """The whole year, imported and carried as anybody would: about 30 s."""
    load_library()
    add_tenant("England")
    tenant = tenant_named("England")
    (path,) = shared_folder.glob("data/2016-17_Hip*.zip")
    import_nhs_proms(path, tenant)
    run(tenant.id)
    connection = reader(Lake(**lake_address(tenant.id)))
    yield connection.cursor(), Scope(tenant.id, None)
    connection.close()


def published(shared_folder: Path, procedure: str) -> dict[str, dict[str, str]]:
    """The registry's row of each provider for the Oxford Hip Score; suppressed ones are left out."""
    with (shared_folder / "data" / "provider_table_hip_1617.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["Measure"] == "Oxford Hip Score"]
    return {
        row["Organisation Code"]: row
        for row in rows
        if row["Procedure"] == f"Hip Replacement {procedure}" and row["Modelled Records"] != "*"
    }


@pytest.mark.parametrize(("stratum", "in_both", "adjusted_in_both"), [("primary", 281, 240), ("revision", 143, 16)])
def test_every_provider_equals_the_registrys_table(lake_of_2016, shared_folder, stratum, in_both, adjusted_in_both):
    ours = get_outcomes_by_clinic(*lake_of_2016, replace(PRIMARY, stratum=stratum)).set_index("code")
    theirs = pd.DataFrame(published(shared_folder, stratum.capitalize())).T
    both = ours.index.intersection(theirs.index)
    assert len(both) == in_both
    centre = ours["gain"].sum() / ours["n"].sum() - ours["residual"].sum() / ours["n"].sum()
    ours, theirs = ours.loc[both], theirs.loc[both]
    for column, name in {"n": "Modelled Records", "improved": "Improved", "same": "Same", "worse": "Worse"}.items():
        assert ours[column].tolist() == theirs[name].astype(int).tolist()
    for column, name in {
        "before": "Average Pre-Op Q Score", "after": "Average Post-Op Q Score", "gain": "Health Gain",
    }.items():  # fmt: skip
        # published with six digits, that is four decimals
        assert (ours[column] / ours["n"]).tolist() == pytest.approx(theirs[name].astype(float).tolist(), abs=5.1e-5)
    adjusted = pd.to_numeric(theirs["Adjusted Average Health Gain"], errors="coerce")  # "*" under 30 records
    off = (ours["residual"] / ours["n"] + centre - adjusted).abs()
    assert (off.count(), off.max() < 0.003) == (adjusted_in_both, True)
