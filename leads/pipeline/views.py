from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from crm.lists import editing, registry
from crm.lists.asking import Asked, filtered
from crm.lists.chips import chips
from crm.lists.limits import PAGE_MS
from crm.owner.services import preferences_of
from crm.shell.toasts import flash, toast
from leads.models import Lead, Stage
from leads.pipeline import lanes, services
from leads.pipeline.forms import DealForm, LostForm, beginning

FIRST = "buyers"
LEADS = "leads"


def chosen_tab(text: str | None) -> str:
    return text if text and text in lanes.TABS else FIRST


def chosen_by(request: HttpRequest, data: QueryDict) -> Asked:
    """The filter of the board, made as that of the list of people is."""
    listed, tab = registry.find(LEADS), chosen_tab(data.get("tab"))
    assert listed is not None  # noqa: S101  (leads/directory registers it)
    return filtered(request, listed, data, home=f"{reverse('pipeline:board')}?tab={tab}")


def only(asked: Asked) -> Q | None:
    """None for everybody; a filter that is wrong fits nobody."""
    if not asked.tree.parts:
        return None
    return asked.checked.q if asked.checked.ok else Q(pk__in=[])


def where(tab: str, asked: Asked) -> dict[str, Any]:
    """What the parts of the board send along."""
    told = {"tab": tab, "q": asked.address}
    return {"tab": tab, "asked": asked, "where": urlencode({k: v for k, v in told.items() if v})}


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    tab, asked = chosen_tab(request.GET.get("tab")), chosen_by(request, request.GET)
    tabs = [
        (name, label, urlencode({"tab": name, **({"q": asked.address} if asked.address else {})}))
        for name, (label, _) in lanes.TABS.items()
    ]
    # Without script the counts are asked for together with the board.
    patience = PAGE_MS if request.GET.get("counts") == "now" else None
    context = {
        "board": lanes.board(tab, preferences_of(request), only=only(asked), counting_ms=patience),
        "given_up": patience is not None,
        "tabs": tabs,
        "chips": chips(asked),
        "draft": editing.draft(asked, asked.tree, fresh=(0,)),
        "kind": lanes.TABS[tab][1][0],
    }
    return render(request, "leads/pipeline/board.html", context | where(tab, asked))


@require_GET
def lane(request: HttpRequest, stage: int) -> HttpResponse:
    """More of one lane."""
    found = get_object_or_404(Stage, id=stage)
    tab, asked = chosen_tab(request.GET.get("tab")), chosen_by(request, request.GET)
    after = request.GET.get("after", "")
    context = {"lane": lanes.more(found, tab, after, only=only(asked))}
    return render(request, "leads/pipeline/_cards.html", context | where(tab, asked))


@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    """Of a filter whose cards were there before its counts."""
    tab, asked = chosen_tab(request.GET.get("tab")), chosen_by(request, request.GET)
    counted = lanes.board(
        tab, preferences_of(request), with_cards=False, only=only(asked), counting_ms=PAGE_MS
    )
    return render(request, "leads/pipeline/_moved.html", {"board": counted, "given_up": True})


@require_GET
def stages(request: HttpRequest, lead: UUID) -> HttpResponse:
    """The third way to move a card: choose from a list."""
    found = get_object_or_404(Lead.objects.present(), id=lead)
    tab, q = chosen_tab(request.GET.get("tab")), request.GET.get("q", "")
    context = {"lead": found, "stages": Stage.objects.all(), "tab": tab, "q": q}
    return render(request, "leads/pipeline/_stages.html", context)


@require_POST
def move(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = get_object_or_404(Lead.objects.present().select_related("stage"), id=lead)
    to = get_object_or_404(Stage, id=_number(request.POST.get("to")))
    if found.stage_id == to.id:
        return _moved(request, found, to, None)
    form = _asked(request, found, to)
    if form is not None and not form.is_valid():
        tab, q = chosen_tab(request.POST.get("tab")), request.POST.get("q", "")
        context = {"lead": found, "to": to, "form": form, "tab": tab, "q": q}
        fragment = request.headers.get("HX-Request")
        template = "leads/pipeline/_ask.html" if fragment else "leads/pipeline/ask.html"
        return render(request, template, context)
    done = services.move(lead=found, to=to, **_answers(form))
    return _moved(request, found, to, done)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _asked(request: HttpRequest, lead: Lead, to: Stage) -> forms.Form | None:
    """The questions of a stage; at first with what is known, then with what was answered."""
    data = request.POST if request.POST.get("asked") else None
    if to.kind == Stage.Kind.LOST:
        return LostForm(data)
    if to.kind in services.STATES:
        preferences = preferences_of(request)
        usual = preferences.commission_percent if preferences else Decimal(0)
        deal = services.open_deal(lead)
        known = beginning(lead, to, deal, usual)
        currency = deal.currency if deal else lead.currency
        home = preferences.currency if preferences else currency
        return DealForm(data, stage=to, currency=currency, home=home, initial=known)
    return None


def _answers(form: forms.Form | None) -> services.Answers:
    if isinstance(form, LostForm):
        data = form.cleaned_data
        return {"lost_reason": data["reason"], "why": data["why"]}
    return {"agreed": form.agreed()} if isinstance(form, DealForm) else {}


def _moved(request: HttpRequest, lead: Lead, to: Stage, done: UUID | None) -> HttpResponse:
    said = f"{lead.name} moved to {to.name}." if done else f"{lead.name} is in {to.name} already."
    undo_url = reverse("undo", args=[done]) if done else ""
    tab, asked = chosen_tab(request.POST.get("tab")), chosen_by(request, request.POST)
    if not request.headers.get("HX-Request"):
        flash(request, said, undo_url=undo_url)
        return redirect(asked.url())
    counted = lanes.board(tab, preferences_of(request), with_cards=False, only=only(asked))
    context = {"board": counted} | where(tab, asked)
    response = render(request, "leads/pipeline/_moved.html", context)
    trigger_client_event(response, "moved", {"lead": str(lead.id), "to": to.id})
    return toast(response, said, undo_url=undo_url)
