from __future__ import annotations

import pytest
from django.utils import timezone

from crm.demo import house, registry
from crm.models import Notification, NotificationDelivery, Operation, Owner, SecurityEvent
from crm.notify.sending import send_due
from crm.runtime.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_password_yet(home) -> None:
    (home.keys / "demo_password").unlink(missing_ok=True)


@pytest.fixture
def house_alone(monkeypatch) -> None:
    """Without the rooms' parts, for what is no affair of theirs."""
    own = [part for part in registry.parts() if part.build.__module__ == house.__name__]
    monkeypatch.setattr(registry, "_parts", {part.name: part for part in own})


def test_build_makes_an_owner_who_can_sign_in_as_the_terminal_says(house_alone, client, capsys):
    registry.build()
    said = capsys.readouterr().out
    email, password = said.split("Sign in as ")[1].strip().split(" with: ")
    answer = client.post("/sign-in/", {"login": email, "password": password})
    assert (answer.status_code, client.session["_auth_user_id"]) == (
        302,
        str(Owner.objects.get().pk),
    )
    found = Owner.objects.get().preferences
    assert (found.zone, found.currency, found.phone_region) == ("Asia/Manila", "PHP", "PH")


def test_build_is_dated_to_today_and_kept_in_the_trail(house_alone):
    registry.build()
    ages = [timezone.now() - told.at for told in Notification.objects.all()]
    assert [age.days for age in ages] == [0, 0]
    assert list(Operation.objects.order_by("id").values_list("name", flat=True))[:2] == [
        "demo: the owner",
        "demo: notices of the house",
    ]
    assert SecurityEvent.objects.filter(kind="owner.first_run").count() == 1


def test_build_writes_to_nobody(mailoutbox):
    registry.build()
    send_due()
    states = NotificationDelivery.objects.values_list("channel", "state")
    assert sorted(set(states)) == [("email", "unwanted"), ("page", "sent"), ("push", "unwanted")]
    assert mailoutbox == []


def test_build_again_changes_nothing(capsys):
    registry.build()
    before = list(Notification.objects.order_by("id").values()), Owner.objects.get().password
    first = capsys.readouterr().out
    registry.build()
    after = list(Notification.objects.order_by("id").values()), Owner.objects.get().password
    assert (after, capsys.readouterr().out) == (before, first)


def test_build_says_when_the_password_was_changed(house_alone, capsys):
    registry.build()
    owner = Owner.objects.get()
    owner.set_password("another lamp altogether")
    owner.save(update_fields=["password"])
    capsys.readouterr()
    registry.build()
    assert capsys.readouterr().out.endswith("its password was changed since.\n")


def test_build_refuses_where_somebody_lives():
    Owner.objects.create_owner(name="Ana", email="ana@homes.example", password="a lamp in the hall")
    with pytest.raises(Refusal, match="There is an owner here already"):
        registry.build()
    assert (Owner.objects.count(), Notification.objects.count()) == (1, 0)


def test_parts_are_built_in_order(house_alone):
    built = []
    registry.register("second", lambda: built.append(Owner.objects.get().email), 12)
    registry.register("first", lambda: built.append("first"), 11)
    registry.build()
    assert built == ["first", house.EMAIL]
