from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crm.watch.observing import placeholders_only


def test_literals_numbers_lists_and_comments_go():
    statement = """
        SELECT a1, "name" FROM crm_lead -- for Maria
        WHERE name = 'Maria''s' AND age > 41 AND id IN (%s, %s, %s) /* Maria */ LIMIT 21
    """
    assert placeholders_only(statement) == (
        'SELECT a1, "name" FROM crm_lead WHERE name = ? AND age > ? AND id IN (%s, …) LIMIT ?'
    )


def test_one_placeholder_and_names_stay():
    assert placeholders_only("SELECT x FROM crm_t2 WHERE id = %s") == (
        "SELECT x FROM crm_t2 WHERE id = %s"
    )


def test_dollar_quotes_go():
    assert placeholders_only("DO $$ Maria $$; SELECT $a$Maria$a$") == "DO ?; SELECT ?"


@given(st.text(alphabet=st.characters(exclude_characters="'", exclude_categories=["Cs"])))
def test_quoted_text_never_stays(text):
    assert placeholders_only(f"SELECT '{text}'") == "SELECT ?"
