"""
What became of the alerts: one row per alert, as it stood at an instant.

These are rows. A screen asks ``warehouse.questions.alert_handling_shown``, which counts them and hides small cells.
"""

from datetime import datetime

import pandas as pd
from duckdb import DuckDBPyConnection

from warehouse.scope import ClinicScope, clinic_list


def get_alerts(cursor: DuckDBPyConnection, scope: ClinicScope, since: datetime, as_of: datetime) -> pd.DataFrame:
    """
    The alerts raised from ``since`` to ``as_of``, with what had become of each by then.

    Returns
    -------
    DataFrame, one row per alert, by when it was raised
        clinic : name; rule; episode_id
        week : Monday of the week in which it was raised (UTC)
        state : open, acknowledged, snoozed, resolved; outcome : of a resolved one
        hours : from raising to the first thing a person did; infinite when nobody has yet
        is_past_due : not resolved, not put off, and its due time has passed
        is_escalated : the manager was told
        people : memberships that did something to it
    """
    return cursor.execute(
        """
        SELECT
            c.name AS clinic,
            v.rule,
            CAST(v.episode_id AS VARCHAR) AS episode_id,
            CAST(date_trunc('week', CAST(any_value(v.raised_at) AS TIMESTAMP)) AS TIMESTAMP) AS week,
            arg_max(v.to_state, (v.happened_at, v.event_id)) AS state,
            -- wrapped, because arg_max passes over a null
            arg_max({outcome: v.outcome}, (v.happened_at, v.event_id)).outcome AS outcome,
            CASE
                WHEN count(v.membership_id) = 0 THEN 'infinity'::DOUBLE
                ELSE epoch(min(v.happened_at) FILTER (v.membership_id IS NOT NULL) - any_value(v.raised_at)) / 3600
            END AS hours,
            any_value(v.due_at) <= $as_of
                AND arg_max(v.to_state, (v.happened_at, v.event_id)) IN ('open', 'acknowledged') AS is_past_due,
            -- the program changes a state, but for an escalation
            bool_or(v.membership_id IS NULL AND v.from_state IS NOT DISTINCT FROM v.to_state) AS is_escalated,
            coalesce(
                list_sort(list(DISTINCT CAST(v.membership_id AS VARCHAR)) FILTER (v.membership_id IS NOT NULL)), []
            ) AS people
        FROM lake.alert_event AS v
        JOIN lake.episode AS e USING (episode_id)
        JOIN lake.clinic AS c USING (clinic_id)
        WHERE
            v.raised_at >= $since AND v.raised_at <= $as_of AND v.happened_at <= $as_of
            AND ($clinics IS NULL OR list_contains($clinics, e.clinic_id))
        GROUP BY v.alert_id, v.rule, v.episode_id, c.name
        ORDER BY any_value(v.raised_at), v.alert_id
        """,
        {"since": since, "as_of": as_of, "clinics": clinic_list(scope)},
    ).df()
