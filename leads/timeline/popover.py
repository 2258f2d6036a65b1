"""What the log popover shows: how it can have gone, and what would come next."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.text import Truncator

from crm.audit.services import operation
from crm.models import Preferences
from crm.shell.moments import clock
from crm.vault.ids import uuid7
from leads.followups import proposals, series
from leads.followups.proposals import Proposal
from leads.models import FollowUp, Interaction, Lead
from leads.timeline import ending, moments, outcomes, services
from leads.timeline.ending import Ends
from leads.timeline.log_forms import LogForm
from leads.timeline.services import Logged
from properties.models import Listing

NONE = "none"
# How much of a name a sentence of one line bears.
NAME = 40


@dataclass(frozen=True)
class Outcome:
    """One way it can have gone, with what would then be planned."""

    choice: outcomes.Choice
    next: str
    chosen: bool


@dataclass(frozen=True)
class Time:
    key: str
    label: str
    words: str
    chosen: bool


def first(request: HttpRequest, lead: Lead) -> dict[str, Any]:
    """What the opener knows already: the kind, what was due, when the call began."""
    given = request.GET
    ends = _ends(given, lead)
    ended = ends.follow_up if ends and ends.ticked else None
    return {
        "token": uuid7(),
        "kind": _known_kind(given.get("kind") or (ended.kind if ended else "")),
        "ends": ends,
        "direction": "in" if given.get("direction") == "in" else "out",
        "follow_up": ended.id if ended else "",
        "due": ended,
        "at": given.get("at", ""),
        "minutes": given.get("minutes", ""),
        "home": ended.listing.title if ended and ended.listing else "",
    }


def _ends(given: QueryDict, lead: Lead) -> Ends | None:
    """What the opener names; from the person's own page, what is due today."""
    if "follow_up" not in given:
        return ending.today(lead, given.get("kind", ""))
    found = ending.named(given.get("follow_up", ""), lead)
    return Ends(found, ticked=True) if found and found.is_open else None


def _offered(form: LogForm) -> Ends | None:
    """As it was offered, however it was ticked since."""
    if not form.is_bound:
        first: Ends | None = form.initial.get("ends")
        return first
    said = form.cleaned_data
    found = said.get("follow_up") or said.get("offered")
    return Ends(found, ticked=bool(said.get("follow_up"))) if found else None


def asked(lead: Lead, form: LogForm, preferences: Preferences) -> dict[str, Any]:
    now = timezone.now()
    kind = _known_kind(str(form["kind"].value()))
    return {
        "lead": lead,
        "form": form,
        "kind": kind,
        "title": f"Log {_noun(kind)} with {lead.name}",
        "ends": _offered(form),
        "kinds": [(value, Interaction.Kind(value).label) for value in outcomes.QUICK],
        "directions": Interaction.Direction.choices,
        "outcomes": _outcomes(
            kind, str(form["outcome"].value() or ""), now, preferences, again=_again(form, now)
        ),
        "times": times(str(form["next"].value() or ""), now, preferences),
        "began": _began(form),
        "timed": kind in outcomes.TIMED,
        "home": form["home"].value() or _home_due(form),
        "feedbacks": [
            (value, label, outcomes.FEEDBACK_KEYS[value])
            for value, label in Interaction.Feedback.choices
        ],
    }


def _home_due(form: LogForm) -> str:
    """Where what was due was to be, when the kind is chosen only here."""
    due = form.cleaned_data.get("follow_up") if form.is_bound else None
    return due.listing.title if due and due.listing else ""


def home(said: dict[str, Any]) -> Listing | None:
    """Mostly the one that was to be shown."""
    due: FollowUp | None = said["follow_up"]
    return services.home_named(said["home"], known=due.listing if due else None)[0]


def _known_kind(kind: str) -> str:
    return kind if kind in [each.value for each in outcomes.QUICK] else Interaction.Kind.CALL.value


def _outcomes(
    kind: str, chosen: str, now: dt.datetime, preferences: Preferences, *, again: Proposal | None
) -> list[Outcome]:
    return [
        Outcome(
            choice,
            moments.next_words(again or after(choice.value, kind, now, preferences), now),
            choice.value == chosen,
        )
        for choice in outcomes.of(kind)
    ]


def _again(form: LogForm, now: dt.datetime) -> Proposal | None:
    """What repeats comes again by itself: nothing else is proposed beside it."""
    due = form.cleaned_data.get("follow_up") if form.is_bound else form.initial.get("due")
    return repeated(due, now) if due else None


def repeated(due: FollowUp, now: dt.datetime) -> Proposal | None:
    moment = series.following(due, now=now) if due.is_open and due.rule else None
    return None if moment is None else Proposal(due.kind, due.title, due=moment)


def after(outcome: str, kind: str, now: dt.datetime, preferences: Preferences) -> Proposal:
    return proposals.after(outcome, kind=kind, now=now, preferences=preferences)


def times(chosen: str, now: dt.datetime, preferences: Preferences) -> list[Time]:
    return [
        Time(
            key,
            choice.label,
            moments.due_words(choice.due, None, now) if choice.due else "",
            key == chosen,
        )
        for key, choice in proposals.choices(now, preferences).items()
    ]


def _began(form: LogForm) -> str:
    """ "9:12, 2 min", where the opener saw the call begin."""
    if not form["at"].value():
        return ""
    try:
        at = form.fields["at"].clean(form["at"].value())
    except ValidationError:
        return ""
    minutes = form["minutes"].value()
    words = clock(at, timezone.get_current_timezone()) if at else ""
    return f"{words}, {minutes} min" if words and minutes else words


def chosen_next(form: LogForm, preferences: Preferences) -> Proposal | None:
    """What the outcome proposes, at the time that was picked."""
    said, now = form.cleaned_data, timezone.now()
    due: FollowUp | None = said["follow_up"]
    comes_again = not said["next"] and due is not None and repeated(due, now) is not None
    if said["next"] == NONE or comes_again:
        return None
    proposal = after(said["outcome"], said["kind"], now, preferences)
    if not said["next"]:
        return proposal
    return proposals.amended(
        proposal, said["next"], now=now, preferences=preferences, picked=said["picked"]
    )


@transaction.atomic
def save(lead: Lead, form: LogForm, preferences: Preferences) -> Logged:
    said = form.cleaned_data
    # A home that is new here is a part of the logging: one undo takes back both.
    with operation(f"Log a {_noun(said['kind'])}") if said["home"] else nullcontext():
        return services.enter(
            lead=lead,
            kind=said["kind"],
            direction=said["direction"] or "out",
            outcome=said["outcome"],
            at=said["at"],
            minutes=said["minutes"],
            body=said["note"],
            listing=home(said),
            feedback=said["feedback"],
            follow_up=said["follow_up"],
            next=chosen_next(form, preferences),
            id=said["token"],
        )


def told(lead: Lead, logged: Logged, preferences: Preferences, chosen: str = "") -> dict[str, Any]:
    """The strip that says what was logged and what comes next: by now another one is at the top."""
    now = timezone.now()
    due = logged.next.due if logged.next and not logged.next.all_day else None
    return {
        "lead": lead,
        "ended": logged.interaction.follow_ups.first(),
        "interaction": logged.interaction,
        "operation": logged.operation,
        "next": logged.next,
        "words": next_words(logged.next, now, Truncator(lead.name).chars(NAME)),
        "times": times(chosen, now, preferences),
        "due": f"{timezone.localtime(due):%Y-%m-%dT%H:%M}" if due else "",
    }


def next_words(planned: FollowUp | None, now: dt.datetime, name: str) -> str:
    if planned is None:
        return f"No follow-up planned for {name}."
    due = moments.due_words(planned.due, planned.due_on, now)
    return f"Next for {name}: {planned.title[:1].lower()}{planned.title[1:]}, {due}."


def _noun(kind: str) -> str:
    return {"email": "e-mail"}.get(kind, Interaction.Kind(kind).label.lower())


def amended(entry: Interaction, said: dict[str, Any], preferences: Preferences) -> Proposal:
    now = timezone.now()
    proposal = after(entry.outcome, entry.kind, now, preferences)
    return proposals.amended(
        proposal, said["choice"], now=now, preferences=preferences, picked=said["picked"]
    )
