"""What the pages of routes.py need before they are worth looking at, and what names them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone


def said() -> dict[str, Any]:
    from tests.leads.timeline.making import dana_with_talks

    return {"lead": dana_with_talks().id}


def an_entry() -> dict[str, Any]:
    from leads.models import Interaction

    lead = said()["lead"]
    entry = Interaction.objects.filter(lead=lead, kind="showing").first()
    assert entry is not None
    return {"lead": lead, "interaction": entry.id}


def a_file() -> dict[str, Any]:
    from leads.models import Attachment

    lead = said()["lead"]
    return {"lead": lead, "attachment": Attachment.objects.filter(lead=lead).first().id}  # type: ignore[union-attr]


def a_letter() -> dict[str, Any]:
    from leads.models import Lead, OutgoingMessage

    lead = Lead.objects.get(id=said()["lead"])
    return {"message": OutgoingMessage.objects.create(lead=lead, subject="Plans", body="Here.").id}


def a_backup() -> dict[str, Any]:
    from tests.crm.keep.making import a_backup

    return {"folder": a_backup().folder}


def stuck_delivery() -> dict[str, Any]:
    from tests.crm.events.stuck import make_stuck

    return {"delivery": make_stuck().id}


def second_factors() -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal import auth as totp

    from crm.models import Owner

    owner = Owner.objects.get()
    if not Authenticator.objects.filter(user=owner).exists():
        totp.TOTP.activate(owner, totp.generate_totp_secret())
        RecoveryCodes.activate(owner)


def shown_notification() -> dict[str, Any]:
    from crm.notify.kinds import TEST
    from crm.notify.services import notify

    told = notify(TEST.name, title="This is a test", body="It came through.", key="route")
    told.shown_at = told.at
    told.save(update_fields=["shown_at"])
    return {"notification": told.id}


def told_browsers() -> None:
    from tests.crm.notify.browser import told_browsers

    told_browsers()


def activity() -> None:
    from crm.audit.services import security_event
    from tests.trailed.models import Person, Street

    street, _ = Street.objects.get_or_create(name="Oak")
    person = Person.objects.create(name="Ramon", street=street)
    person.mood = Person.Mood.QUIET
    person.save()
    security_event("export", detail={"rows": 7})


def some_leads() -> None:
    from tests.leads.directory.making import some_leads

    some_leads()


def dana() -> dict[str, Any]:
    from tests.leads.people.making import dana

    return {"lead": dana().id}


def a_way() -> dict[str, Any]:
    from tests.leads.people.making import dana

    lead = dana()
    return {"lead": lead.id, "point": lead.contact_points.first().id}


def a_bond() -> dict[str, Any]:
    from tests.leads.people.making import dana

    lead = dana()
    return {"lead": lead.id, "relationship": lead.relationships.first().id}


def a_deal() -> dict[str, Any]:
    from tests.leads.people.making import dana

    lead = dana()
    return {"lead": lead.id, "deal": lead.deals.first().id}


def consent_to_calls() -> dict[str, Any]:
    return {**dana(), "channel": "call"}


def names() -> None:
    from tests.leads.people.making import dana, lists

    dana()
    lists()


def a_name(slug: str) -> Callable[[], dict[str, Any]]:
    def made() -> dict[str, Any]:
        from leads.people.names.kinds import KINDS

        names()
        return {"slug": slug, "pk": KINDS[slug].rows()[0].pk}

    return made


def watched_problem() -> dict[str, Any]:
    from tests.crm.watch.made import make_problem

    return {"problem": make_problem().id}


def watched_rows() -> None:
    from tests.crm.watch.made import make_rows

    make_rows(12)


def listed_guests() -> None:
    from tests.listed.made import make_guests

    make_guests(120)


def listed_guest() -> dict[str, Any]:
    from tests.listed.made import make_guest

    return {"pk": make_guest(name="Dana Whitfield").id}


def previewed_guest() -> dict[str, Any]:
    return {"kind": "guests", "row": str(listed_guest()["pk"])}


def bulk_run() -> dict[str, Any]:
    from tests.listed.made import make_run

    return {"run": make_run().id}


def operation() -> dict[str, Any]:
    from crm.models import Operation

    return {"operation": Operation.objects.create(name="Nothing", actor="owner").id}


def guests() -> dict[str, Any]:
    return {"kind": "guests"}


def a_full_day() -> None:
    from tests.leads.today.making import a_full_day

    a_full_day()


def somebody_waiting() -> dict[str, Any]:
    from tests.leads.today.making import somebody_waiting

    return {"lead": somebody_waiting().id}


def a_follow_up() -> dict[str, Any]:
    from leads.followups.services import plan
    from tests.leads.factories import a_lead

    due = timezone.now() + timedelta(hours=3)
    return {"follow_up": plan(lead=a_lead(), title="Ask about the loan", due=due).id}


def a_showing() -> dict[str, Any]:
    from leads.followups.services import plan
    from tests.leads.factories import a_lead, a_listing

    due = timezone.now() + timedelta(hours=5)
    home = a_listing(address="12 Acacia Lane, Lahug")
    shown = plan(lead=a_lead(), title="Show it", kind="showing", due=due, listing=home)
    return {"follow_up": shown.id}


def a_full_week() -> None:
    from tests.leads.followups.weeks import make_week

    make_week()


def a_set() -> dict[str, Any]:
    from leads.models import FollowUpTemplate

    made, _ = FollowUpTemplate.objects.get_or_create(name="After an open house")
    made.steps.create(days_after=1, kind="call", title="Ask what they thought")
    return {"template": made.pk}


def a_cadence() -> dict[str, Any]:
    from leads.models import Cadence

    values = {"audience": "nurture", "occasion": "every", "days": 30}
    made, _ = Cadence.objects.get_or_create(name="Nurture, monthly", defaults=values)
    return {"cadence": made.pk}


def a_home() -> dict[str, Any]:
    from tests.leads.factories import a_lead, a_listing, a_talk

    home = a_listing(address="12 Acacia Lane, Talamban")
    a_talk(a_lead("Dana Whitfield"), "showing", listing=home)
    return {"listing": home.id}


def duplicates() -> None:
    from tests.leads.duplicates.made import a_couple, a_pair

    a_pair()
    a_couple()


def a_duplicate() -> dict[str, Any]:
    from tests.leads.duplicates.made import a_pair

    return {"pair": a_pair().id}


def a_board() -> None:
    from tests.leads.pipeline.made import a_board

    a_board()


def a_stage() -> dict[str, Any]:
    from leads.models import Stage

    return {"stage": Stage.objects.all()[0].id}


def a_card() -> dict[str, Any]:
    from tests.leads.factories import a_lead

    return {"lead": a_lead().id}


# Made by `duplicates` under these ids.
TWINS_CHOSEN = f"?lead={UUID(int=21)}&lead={UUID(int=22)}"
