"""The drawn states are the ones the program keeps."""

from care.diagrams import PAGE, states_page


def test_the_states_page_is_what_the_program_says():
    assert PAGE.read_text(encoding="utf-8") == states_page(), "run: python -m care docs"


def test_a_paused_pathway_can_go_on_and_a_completed_one_cannot():
    page = states_page()
    assert "paused --> active" in page
    assert "completed --> [*]" in page and "completed --> active" not in page
