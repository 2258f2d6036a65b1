from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from crm.shell import shapes

TEMPLATE = "leads/followups/_slot.html"
NAMES = ("quarter", "clock", "free", "entries", "named", "add", "hour")
texts = st.text() | st.sampled_from(["", "<b>", "[[hour]]", "[[", "&amp;", "{{ one.hour }}", "\\1"])


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, texts)))
def test_a_shape_filled_in_reads_as_the_template_does(told: dict[str, str]) -> None:
    assert shapes.drawn(TEMPLATE, told) == render_to_string(TEMPLATE, {"one": told})


def test_what_is_html_already_stays_so() -> None:
    told = {"entries": SafeString("<li>9:00</li>")}

    assert '<ul class="entries"><li>9:00</li></ul>' in shapes.drawn(TEMPLATE, told)
