from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from crm.models import OneTimeLink, Owner, Preferences
from crm.owner import links, services

BASE = "http://localhost:8000"
TYPED = {
    "name": "Carla Mendoza",
    "email": "Carla@MendozaHomes.example",
    "password": "lantern over the gate",
    "zone": "Asia/Manila",
    "currency": "PHP",
    "phone_region": "PH",
}

pytestmark = pytest.mark.django_db


def open_link(client: Client) -> None:
    link = services.first_run_link(BASE)
    assert link is not None
    response = client.get(link.removeprefix(BASE))
    assert (response.status_code, response.url) == (302, "/welcome/")


def test_move_in_makes_the_owner_and_signs_in(client: Client) -> None:
    open_link(client)

    response = client.post("/welcome/", TYPED)

    assert response.url == "/welcome/second-factor/"
    owner = Owner.objects.get()
    assert (owner.name, owner.email) == ("Carla Mendoza", "carla@mendozahomes.example")
    assert owner.password.startswith("argon2")
    assert owner.check_password(TYPED["password"])
    kept = Preferences.objects.values("owner", "zone", "currency", "phone_region").get()
    assert kept == {
        "owner": owner.pk,
        "zone": "Asia/Manila",
        "currency": "PHP",
        "phone_region": "PH",
    }
    assert client.get("/").status_code == 200
    assert not OneTimeLink.objects.exists()


def test_only_a_hash_of_the_link_is_kept(client: Client) -> None:
    link = services.first_run_link(BASE)
    assert link is not None
    token = link.rstrip("/").rpartition("/")[2]

    client.get(link.removeprefix(BASE))

    stored = OneTimeLink.objects.get()
    assert bytes(stored.digest) == links.digest_of(token)
    assert token not in str(dict(client.session))


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_the_link_nobody_moves_in(client: Client, method: str) -> None:
    services.first_run_link(BASE)

    response = getattr(client, method)("/welcome/", TYPED)

    assert response.status_code == 404
    assert not Owner.objects.exists()


def test_on_a_server_a_command_prints_the_link(client: Client) -> None:
    out = StringIO()
    call_command("owner", "begin", "--url", "https://crm.example.com", stdout=out)

    link = out.getvalue().removeprefix("Begin here, once: https://crm.example.com").strip()
    assert client.get(link).url == "/welcome/"
    assert client.post("/welcome/", TYPED).url == "/welcome/second-factor/"
    with pytest.raises(CommandError, match="has its owner"):
        call_command("owner", "begin")


def test_a_newer_link_ends_the_older(client: Client) -> None:
    older = services.first_run_link(BASE)
    services.first_run_link(BASE)

    assert older is not None
    assert client.get(older.removeprefix(BASE)).status_code == 404


def test_once_there_is_an_owner_the_page_is_gone(client: Client, owner: Owner) -> None:
    assert services.first_run_link(BASE) is None
    assert client.get("/welcome/").status_code == 410
    assert client.post("/welcome/", TYPED).status_code == 410
    assert client.get("/welcome/link/whatever/").status_code == 410
    assert Owner.objects.get() == owner


def test_the_link_works_once() -> None:
    link = services.first_run_link(BASE)
    assert link is not None
    digest = links.digest_of(link.rstrip("/").rpartition("/")[2])
    given = {"name": "A", "email": "a@example.com", "password": "x" * 12, "preferences": {}}
    services.set_up(digest=digest, **given)

    with pytest.raises(services.LinkIsSpent):
        services.set_up(digest=digest, **given)


@pytest.mark.parametrize(
    "password", ["short", "password1234", "1234567890", "carla mendoza", "mendozahomes"]
)
def test_a_poor_password_is_refused_in_words(client: Client, password: str) -> None:
    open_link(client)

    response = client.post("/welcome/", TYPED | {"password": password})

    assert response.status_code == 200
    assert response.context["form"].errors["password"]
    assert not Owner.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"), [("zone", "Mars/Olympus"), ("currency", "ZZZ"), ("phone_region", "ZZ")]
)
def test_what_does_not_exist_is_refused(client: Client, field: str, value: str) -> None:
    open_link(client)

    response = client.post("/welcome/", TYPED | {field: value})

    assert list(response.context["form"].errors) == [field]


def test_sign_in_page_tells_whoever_comes_first_where_the_link_is(client: Client) -> None:
    assert b"manage.py up" in client.get("/sign-in/").content


def test_a_second_owner_cannot_be_made(owner: Owner) -> None:
    with pytest.raises(IntegrityError, match="there_is_one_owner"), transaction.atomic():
        Owner.objects.create_owner(email="second@example.com", password="x" * 12)
    with pytest.raises(services.AlreadyOwned):
        services.set_up(
            digest=links.digest_of(links.make(OneTimeLink.Purpose.FIRST_RUN)),
            name="Second",
            email="second@example.com",
            password="x" * 12,
            preferences={},
        )


def test_nor_by_calling_the_second_one_different(owner: Owner) -> None:
    with pytest.raises(IntegrityError, match="the_owner_is_the_only_one"), transaction.atomic():
        Owner.objects.create_owner(email="second@example.com", password="x" * 12, only=False)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"is_active": False}, "the_owner_may_sign_in"),
        ({"is_staff": False}, "the_owner_may_sign_in"),
        ({"email": "Carla@example.com"}, "the_owner_e_mail_is_lower_case"),
    ],
)
def test_the_owner_can_always_sign_in(owner: Owner, values: dict[str, object], name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Owner.objects.update(**values)
