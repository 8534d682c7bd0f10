"""What a page says when there is nothing to show, or when something is not as it should be."""

from collections.abc import Callable
from datetime import datetime, timedelta

import streamlit as st

from care.lakes import Freshness
from dashboard.elements import section
from dashboard.words import DASH, literal, moment, plural

# The periodic sweep looks at every tenant once a minute and judges at least once an hour; two missed hours are news.
STALE_AFTER = timedelta(hours=2)


def nothing_to_do(finding: str, checked: str, widen: str, on_click: Callable[[], None]) -> None:
    """The good empty state: what was checked and what comes next, and one button that shows more."""
    section(finding)
    st.write(checked)
    st.button(widen, on_click=on_click, key="widen")


def no_match(sought: str, wider: int, on_click: Callable[[], None]) -> None:
    """A filter that found nothing, and one button that takes the nearest wider search."""
    section(f"No patient matches “{literal(sought)}”")
    if not wider:
        st.write("Nobody in your clinics has this name or record number, in any state. Check the spelling.")
        return
    verb = "matches" if wider == 1 else "match"
    st.write(f"{plural(wider, 'patient')} {verb} if you include every state and the whole clinic.")
    st.button("Show this one" if wider == 1 else f"Show these {wider}", on_click=on_click, key="widen")


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
