"""What a page says when there is nothing to show, or when something is not as it should be."""

from datetime import datetime, timedelta

import streamlit as st

from care.lakes import Freshness
from dashboard.elements import section
from dashboard.words import DASH, moment, plural

# The periodic sweep looks at every tenant once a minute and judges at least once an hour; two missed hours are news.
STALE_AFTER = timedelta(hours=2)


def nothing_to_do(finding: str, checked: str, widen: str, key: str) -> bool:
    """The good empty state: what was checked and what comes next; True when the person asks to see more."""
    section(finding)
    st.write(checked)
    return st.button(widen, key=key)


def no_match(sought: str, wider: int, key: str) -> bool:
    """A filter that found nothing, with the nearest wider search; True when the person takes it."""
    section(f"No patient matches “{sought}”")
    if not wider:
        st.write("Nobody on your clinics' lists has this name or record number, in any state. Check the spelling.")
        return False
    verb = "matches" if wider == 1 else "match"
    st.write(f"{plural(wider, 'patient')} {verb} if you include all states and the whole clinic.")
    return st.button("Show this one" if wider == 1 else f"Show these {wider}", key=key)


def data_as_of(freshness: Freshness, now: datetime, zone: str) -> str:
    """For a page's muted line: "Data as of 07:05"."""
    return f"Data as of {moment(freshness.as_of, now, zone) if freshness.as_of else DASH}"


def warn_if_stale(freshness: Freshness, now: datetime, zone: str) -> None:
    """Above a page whose figures have missed their updates: how old they are, why, and what is not affected."""
    if freshness.as_of is None:
        st.warning(
            "The first update of these figures has not finished. Reload the page in a minute.",
            icon=":material/history:",
        )
    elif freshness.last_error and now - freshness.as_of > STALE_AFTER:
        hours = round((now - freshness.as_of) / timedelta(hours=1))
        st.warning(
            f"These numbers are {hours} h old: data as of {moment(freshness.as_of, now, zone)}, the update since then "
            "failed. New answers arrive with the next update. Alarms are not affected.",
            icon=":material/history:",
        )


def not_saved(what: str, cause: Exception, cure: str = "Try again, or copy it first.") -> None:
    """Next to the button that failed: what did not happen, why, what is safe, what to do."""
    st.error(f"{what} was not saved: {cause} Your text is still here. {cure}", icon=":material/error:")
