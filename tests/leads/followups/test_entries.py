from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from crm.shell.links import links
from leads.followups.entries import PAGES, TEMPLATE, Entry
from leads.followups.services import plan
from tests.leads.factories import a_lead, a_listing

pytestmark = pytest.mark.django_db
MANILA = ZoneInfo("Asia/Manila")


@pytest.mark.parametrize("title", ["Ask about the loan", "<b>[[id]]</b> & \"quotes\" '[[late]]'"])
def test_what_is_filled_in_reads_as_the_template_does(title):
    lead, home = a_lead("<i>[[log]]</i> O'Brien"), a_listing(title="12 <Acacia> Lane")
    due = timezone.now() + dt.timedelta(hours=3)
    entry = Entry.of(plan(lead=lead, title=title, due=due, listing=home), MANILA, "token")
    pages = links(PAGES, entry.one.id)

    assert entry.drawn == render_to_string(TEMPLATE, {"one": entry.told | pages})
    assert entry.drawn_late == render_to_string(TEMPLATE, {"one": entry.told_late | pages})
    assert "&lt;i&gt;[[log]]&lt;/i&gt; O&#x27;Brien" in entry.drawn


def test_a_whole_day_has_no_hour():
    on = timezone.localdate() + dt.timedelta(days=1)
    entry = Entry.of(plan(lead=a_lead(), title="Send the plans", due_on=on), MANILA, "token")
    assert (entry.time, entry.hour, "<time>" in entry.drawn) == ("", "", False)


def test_what_is_nobodys_is_done_by_a_form_with_the_pages_token():
    one = plan(lead=None, title="Renew the licence", due=timezone.now())
    entry = Entry.of(one, MANILA, '"<token>')

    assert f'action="/follow-ups/{entry.one.id}/done/"' in entry.drawn
    assert 'value="&quot;&lt;token&gt;"' in entry.drawn
