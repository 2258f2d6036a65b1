from __future__ import annotations

from uuid import UUID, uuid4

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from crm.shell import shapes
from crm.shell.links import link

TEMPLATE = "leads/followups/_slot.html"
NAMES = ("quarter", "clock", "free", "entries", "named", "add", "hour")
texts = st.text() | st.sampled_from(["", "<b>", "[[hour]]", "[[", "&amp;", "{{ one.hour }}", "\\1"])


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, texts)))
def test_a_shape_filled_in_reads_as_the_template_does(told: dict[str, str]) -> None:
    assert shapes.drawn(TEMPLATE, told) == render_to_string(TEMPLATE, {"one": told})


def test_what_is_html_already_stays_so() -> None:
    told = {"entries": SafeString("<li>9:00</li>")}

    assert '<ul class="entries"><li>9:00</li></ul>' in shapes.drawn(TEMPLATE, told)


def test_addresses_lead_to_the_one_that_is_told() -> None:
    pages = (("done", "followups:done"), ("open", "followups:one"))
    for id in (uuid4(), UUID(int=0)):
        text = shapes.drawn("leads/followups/_entry.html", {"id": str(id)}, pages=pages)

        assert f'action="{link("followups:done", id)}"' in text
        assert f'href="{link("followups:one", id)}"' in text
