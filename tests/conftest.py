from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import caches
from django.test import Client
from django.test.utils import override_settings
from hypothesis import settings as hypothesis_settings

from crm.models import Owner, Preferences
from crm.owner import sessions
from crm.runtime.home import Home
from crm.vault import keyring
from tests.canary import canary  # noqa: F401
from tests.emptying import django_db_modify_db_settings, django_db_setup  # noqa: F401
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


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> None:
    """Argon2 as ever, but with little memory and one pass: a test need not resist thieves."""
    Argon2PasswordHasher.time_cost = 1
    Argon2PasswordHasher.memory_cost = 64
    Argon2PasswordHasher.parallelism = 1


@pytest.fixture(autouse=True)
def _own_counters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counters of sign-in live in a cache that tests share: each test has a corner of its own."""
    monkeypatch.setattr(caches["default"], "key_prefix", secrets.token_hex(8))


@pytest.fixture
def owner(db: None) -> Owner:
    owner = Owner.objects.create_owner(name="Carla Mendoza", email=EMAIL, password=PASSWORD)
    Preferences.objects.create(owner=owner, zone="Asia/Manila", currency="PHP", phone_region="PH")
    return owner


def sign_in(client: Client, owner: Owner, *, seconds_ago: int = 0) -> Client:
    """Signs in without the pages, as if it had happened some time ago."""
    client.force_login(owner)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() - seconds_ago}
    ]
    session["account_authentication_methods_user"] = str(owner.pk)
    session.save()
    sessions.just_seen(str(session.session_key))
    return client


@pytest.fixture
def signed_in(client: Client, owner: Owner) -> Client:
    """A client with the owner's session: what most page tests want."""
    return sign_in(client, owner)


@pytest.fixture
def signed_in_an_hour_ago(client: Client, owner: Owner) -> Client:
    return sign_in(client, owner, seconds_ago=3600)
