from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from crm.models import Owner, Tick
from crm.shell.admin import CappedPaginator as Capped

FLOORS = ("crm", "properties", "leads")
OWN = [model for floor in FLOORS for model in apps.get_app_config(floor).get_models()]


def test_every_model_stands_in_the_admin() -> None:
    assert [model for model in OWN if not admin.site.is_registered(model)] == []


@pytest.mark.parametrize("model", OWN, ids=lambda model: model._meta.label)
def test_list_of_a_model_opens(admin_in: Client, model: type) -> None:
    meta = model._meta  # type: ignore[attr-defined]
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    assert admin_in.get(address, {"q": "a"}).status_code == 200


def test_every_list_counts_no_further_than_it_must(admin_in: Client) -> None:
    counted = [model for model in OWN if admin.site.get_model_admin(model).paginator is not Capped]
    assert counted == []


def test_long_list_says_that_there_are_more(
    admin_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Capped, "MOST", 2)
    Tick.objects.bulk_create([Tick(name=f"row {number}") for number in range(3)])

    response = admin_in.get(reverse("admin:crm_tick_changelist"))

    assert response.context["cl"].result_count == 2
    assert "2+ ticks: search or filter" in response.content.decode()


def test_short_list_says_how_many_there_are(admin_in: Client) -> None:
    page = admin_in.get(reverse("admin:crm_owner_changelist")).content.decode()
    assert "1 owner</p>" in page


def test_admin_shows_no_password(admin_in: Client) -> None:
    page = admin_in.get(reverse("admin:crm_owner_change", args=[Owner.objects.get().pk]))
    assert "argon2" not in page.content.decode()


def test_admin_cannot_change_what_it_shows(admin_in: Client) -> None:
    owner = Owner.objects.get()
    address = reverse("admin:crm_owner_change", args=[owner.pk])
    assert admin_in.post(address, {"name": "Someone else"}).status_code == 403
    owner.refresh_from_db()
    assert owner.name == "Carla Mendoza"


@pytest.fixture
def admin_in(signed_in: Client, owner: Owner) -> Client:
    owner.is_superuser = True
    owner.save(update_fields=["is_superuser"])
    return signed_in
