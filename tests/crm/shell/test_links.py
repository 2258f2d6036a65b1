from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.urls import NoReverseMatch, reverse

from crm.shell.links import link


def test_it_is_what_django_gives() -> None:
    some, other = uuid4(), uuid4()

    assert link("today:today") == reverse("today:today")
    assert link("people:lead", some) == reverse("people:lead", args=[some])
    assert link("people:lead", other) == reverse("people:lead", args=[other])
    # An id may be the very one that stands for all of them.
    assert link("people:lead", UUID(int=0)) == reverse("people:lead", args=[UUID(int=0)])


def test_a_page_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(NoReverseMatch):
        link("people:nowhere", uuid4())
