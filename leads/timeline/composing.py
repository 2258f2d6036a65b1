"""The composer of a lead's page: which tabs there are, and what it saves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from crm.audit.services import operation
from crm.owner.mail import is_set_up
from leads.followups import services as followups
from leads.messages import services as messages
from leads.messages.permission import may_send
from leads.models import Interaction, Lead
from leads.timeline import outcomes, services
from leads.timeline.forms import ComposeForm
from leads.timeline.services import Logged

Kind = Interaction.Kind
TABS = (Kind.NOTE, Kind.CALL, Kind.EMAIL, Kind.TEXT, Kind.MEETING, Kind.SHOWING)
PLACEHOLDERS = {
    Kind.NOTE: "What happened, what matters, what is next?",
    Kind.CALL: "What was said?",
    Kind.TEXT: "What was written?",
    Kind.EMAIL: "What the letter said",
    Kind.MEETING: "Who was there, what was agreed?",
    Kind.SHOWING: "What did they like, what not?",
}


def kind_of(asked: str | None) -> str:
    return asked if asked in [tab.value for tab in TABS] else Kind.NOTE.value


def context(lead: Lead, form: ComposeForm) -> dict[str, Any]:
    kind = Kind(form.talk)
    body = form.fields["body"].widget.attrs
    body |= {"aria-label": f"{kind.label} with {lead.name}", "placeholder": PLACEHOLDERS[kind]}
    return {
        "lead": lead,
        "form": form,
        "kind": kind.value,
        "noun": "e-mail" if kind == Kind.EMAIL else kind.label.lower(),
        "tabs": [(tab.value, tab.label, outcomes.ICONS[tab.value]) for tab in TABS],
        "can_send": is_set_up(),
        "sending": may_send(lead, "email", timezone.now()) if kind == Kind.EMAIL else None,
    }


def panel(request: HttpRequest, lead: Lead) -> dict[str, Any]:
    form = ComposeForm.fresh(kind_of(request.GET.get("compose")))
    return {**context(lead, form), "outgoing": messages.unsettled(lead) if is_set_up() else []}


def save(lead: Lead, form: ComposeForm) -> tuple[Logged, str]:
    """The entry, its home, its files and what comes next, as one operation; and what was done."""
    said = form.cleaned_data
    with operation(f"Add a {form.talk}"):
        home, new = services.home_named(form.home_named)
        logged = services.enter(
            lead=lead,
            kind=form.talk,
            id=form.once,
            listing=home,
            files=form.files_given,
            **form.values(),
        )
        if said.get("next_title") and not logged.again:
            followups.plan(lead=lead, title=said["next_title"], due=said["next_due"], listing=home)
    words = f"Saved. {home} was added to your listings." if new and home else "Saved."
    return logged, words
