from __future__ import annotations

import pytest
from django.test import Client

from crm.models import Owner
from tests.headers import every_response_is_hardened  # noqa: F401

EMAIL = "carla@mendozahomes.example"
PASSWORD = "a long lamp by the door"


@pytest.fixture
def owner(db: None) -> Owner:
    return Owner.objects.create_owner(email=EMAIL, password=PASSWORD, name="Carla Mendoza")


@pytest.fixture
def signed_in(client: Client, owner: Owner) -> Client:
    """A client with the owner's session: what most page tests want."""
    client.force_login(owner)
    return client
