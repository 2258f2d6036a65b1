from __future__ import annotations

import pytest
from django.contrib.admin import AdminSite
from django.test import RequestFactory
from django.urls import path

from crm.vault.admin import MASK, SealedAdmin
from tests.sample.models import Note, Person

site = AdminSite()
site.register(Note, SealedAdmin)
site.register(Person, SealedAdmin)
urlpatterns = [path("admin/", site.urls)]


@pytest.mark.urls(__name__)
def test_the_admin_shows_a_mask_and_saves_nothing_over_it(owner):
    owner.is_superuser = True
    person = Person.objects.create(name="Ana")
    note = Note.objects.create(person=person, body="Wants a garden")
    request = RequestFactory().get("/")
    request.user = owner
    page = SealedAdmin(Note, site)
    response = page.changeform_view(request, str(note.id))
    html = response.render().content.decode()  # type: ignore[attr-defined]
    assert "garden" not in html
    assert html.count(MASK) == 1
    assert set(page.get_form(request, note).base_fields) == {"person", "happened_on"}
