"""Each function writes what its component's template writes, and what a template's tag writes."""

from __future__ import annotations

import re

import pytest
from django.template import engines

from crm.shell import marks

EVIL = "Ana <b>& Co"
PAIRS = [
    (marks.icon("phone"), '{% icon "phone" %}'),
    (marks.icon("lock", also=EVIL, label=EVIL), '{% icon "lock" also=evil label=evil %}'),
    (marks.avatar(EVIL, "sm"), '{% avatar evil size="sm" %}'),
    (marks.badge("2 d late", tone="bad", icon_name="circle-alert"),
     '<c-badge tone="bad" icon="circle-alert">2 d late</c-badge>'),
    (marks.badge(EVIL), "<c-badge>{{ evil }}</c-badge>"),
    (marks.score(86, tone="hot", word=EVIL), '{% score 86 tone="hot" word=evil %}'),
    (marks.score(0, tone=""), '{% score 0 tone="" %}'),
    (marks.stage(EVIL, 57), '<c-stage share="57">{{ evil }}</c-stage>'),
]  # fmt: skip


def same(html):
    return re.sub(r"\s*([<>])\s*", r"\1", html).strip()


@pytest.mark.parametrize(("made", "component"), PAIRS)
def test_mark_is_the_component(made, component):
    from django_cotton.compiler_regex import CottonCompiler

    template = engines["django"].from_string(CottonCompiler().process(component))

    assert same(made) == same(template.render({"evil": EVIL}))


def test_who_escapes_the_name():
    assert EVIL not in marks.who(EVIL)
    assert "Ana &lt;b&gt;&amp; Co" in marks.who(EVIL)


def test_nothing_in_an_icon_breaks_out_of_it():
    drawn = marks.icon(EVIL, also=EVIL, label=EVIL)

    assert drawn.count("<") == drawn.count(">") == 3
    assert 'role="img"' in drawn
    assert "aria-hidden" not in drawn
