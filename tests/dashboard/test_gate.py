"""No page without a session, no page without the permission, whatever the address says."""

from datetime import UTC, datetime

import pytest

from care.access import Role
from care.sign_in import sign_out
from dashboard import session
from dashboard.navigation import SCREENS, screens_for


def words(app) -> str:
    return " ".join(str(element.value) for element in (*app.title, *app.markdown, *app.error, *app.info))


def test_without_a_session_there_is_nothing_but_the_way_to_sign_in(open_as):
    app = open_as(None)
    assert words(app) == "Signed out Please sign in."


@pytest.mark.parametrize("screen", [screen.file for screen in SCREENS])
def test_without_a_session_no_page_can_be_named(open_as, screen):
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_as(None, screen)


@pytest.mark.parametrize(
    ("name", "role"), [("north", Role.PROVIDER), ("manager", Role.MANAGER), ("researcher", Role.RESEARCHER)]
)
def test_a_role_reaches_its_own_screens_only(open_as, name, role):
    own = {screen.file for screen in screens_for(role)}
    for screen in SCREENS:
        if screen.file not in own:
            with pytest.raises(ValueError, match="Could not find a navigation page"):
                open_as(name, screen.file)


def test_a_session_that_ends_between_two_clicks_shows_nothing_more(open_as):
    app = open_as("north", "account.py")
    assert "Nora North" in words(app)
    sign_out(session.current_viewer(), datetime.now(UTC))
    app.run()
    assert words(app) == "Signed out You signed out. Please sign in again."
