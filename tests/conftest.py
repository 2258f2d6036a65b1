from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.test.utils import override_settings
from hypothesis import settings as hypothesis_settings

from crm.models import Owner
from crm.runtime.home import Home
from crm.vault import keyring
from tests.headers import every_response_is_hardened  # noqa: F401
from tests.roles import application_granted, as_application  # noqa: F401

# A slow machine is no fault: laws are about results, the bench is about time.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")

EMAIL = "carla@mendozahomes.example"
PASSWORD = "a long lamp by the door"


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A data folder of the tests' own, with a keyring in it."""
    folder = Home(tmp_path_factory.mktemp("home"))
    with override_settings(HOME=folder, VAULT_KEYRING=""):
        keyring.make()
        yield folder


@pytest.fixture
def owner(db: None) -> Owner:
    return Owner.objects.create_owner(email=EMAIL, password=PASSWORD, name="Carla Mendoza")


@pytest.fixture
def signed_in(client: Client, owner: Owner) -> Client:
    """A client with the owner's session: what most page tests want."""
    client.force_login(owner)
    return client
