from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from leads.timeline import drawing
from leads.timeline.wording import Badge, Entry, File, Source
from tests.leads.factories import a_lead

pytestmark = pytest.mark.django_db
EVIL = '<b>[[said]]</b> "O\'Brien" & {{ one.strong }}'
NOON = timezone.datetime(2026, 11, 5, 4, 5, tzinfo=ZoneInfo("UTC"))


def an_entry(said: str = "", **values: object) -> Entry:
    return Entry(NOON, Source.INTERACTION, "1", "phone", EVIL, rest=EVIL, said=said, **values)


def text(one: Entry) -> str:
    lead = a_lead("Dana Whitfield")
    with timezone.override("Asia/Manila"):
        drawn = drawing.entry(lead, one)
        told = drawing.told(lead, one)
    assert drawn == render_to_string(drawing.TEMPLATE, {"one": told})
    assert "<b>[[said]]" not in drawn
    return drawn


def test_an_entry_says_when_it_was_and_leads_to_its_form():
    lead = a_lead("Somebody")
    found = text(an_entry("Called back", interaction=lead.id, badges=[Badge(EVIL, "good")]))

    assert '<time datetime="2026-11-05T12:05:00+08:00">12:05</time>' in found
    assert f'id="entry-{lead.id}"' in found
    assert f'/{lead.id}/" aria-label="Edit: &lt;b&gt;[[said]]' in found
    assert "5 November 12:05" in found
    assert '<span class="badge" data-tone="good" >&lt;b&gt;[[said]]' in found


def test_a_whole_day_has_no_hour_and_what_nobody_may_edit_no_pencil():
    found = text(an_entry(all_day=True))

    assert "<time" not in found
    assert "Edit:" not in found
    assert "entry-" not in found.replace("entry-end", "")


def test_what_is_long_is_folded():
    short, long = text(an_entry("x" * 600)), text(an_entry("y" * 601))

    assert "<details" not in short
    assert f"<summary>{'y' * 399}… <span" in long


def test_files_are_offered_by_name_and_size():
    found = text(an_entry(files=[File(a_lead().id, EVIL, 2048)]))

    assert "2.0\xa0KB" in found
    assert "&lt;b&gt;[[said]]" in found.split('class="files"')[1]
