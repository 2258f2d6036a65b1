"""Each function writes what its component's template writes."""

from __future__ import annotations

import re

import pytest
from django.template import engines

from crm.shell import marks

EVIL = "Ana <b>& Co"
PAIRS = [
    (marks.icon("phone"), '<c-icon name="phone" />'),
    (marks.avatar(EVIL, "sm"), '<c-avatar name="{{ evil }}" size="sm" />'),
    (marks.badge("2 d late", tone="bad", icon_name="circle-alert"),
     '<c-badge tone="bad" icon="circle-alert">2 d late</c-badge>'),
    (marks.badge(EVIL), "<c-badge>{{ evil }}</c-badge>"),
    (marks.score(86, tone="hot", word="Hot"), '<c-score value="86" tone="hot" word="Hot" />'),
    (marks.score(0, tone=""), '<c-score value="0" tone="" />'),
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
