from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from crm.models import Owner

FLOORS = ("crm", "properties", "leads")
OWN = [model for floor in FLOORS for model in apps.get_app_config(floor).get_models()]


def test_every_model_stands_in_the_admin() -> None:
    assert [model for model in OWN if not admin.site.is_registered(model)] == []


@pytest.mark.parametrize("model", OWN, ids=lambda model: model._meta.label)
def test_list_of_a_model_opens(admin_in: Client, model: type) -> None:
    meta = model._meta  # type: ignore[attr-defined]
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    assert admin_in.get(address, {"q": "a"}).status_code == 200


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
