"""Contact points: shown, revealed, called, added, changed, removed; and consents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from crm.shell.asking import answered, ask, typed
from crm.shell.once import once
from crm.shell.toasts import flash, toast
from leads.models import Consent, ContactPoint, Lead
from leads.people import queries, services
from leads.people.forms.reach import LABELS, ChangePointForm, ConsentForm, PointForm
from leads.people.views.finding import a_lead, a_point, page_of

# How each way is begun on the device, and of which kind a point must be for it.
BEGINS = {
    "call": ("tel:", ContactPoint.Kind.PHONE, "phone number"),
    "text": ("sms:", ContactPoint.Kind.PHONE, "phone number"),
    "mail": ("mailto:", ContactPoint.Kind.EMAIL, "e-mail address"),
}
POINT_BODY = "leads/people/_point_form.html"


@require_GET
def way(request: HttpRequest, lead: UUID, point: UUID) -> HttpResponse:
    """Masked again."""
    found = a_point(lead, point)
    shown = {"lead": found.lead, "way": queries.way(found)}
    return render(request, "leads/people/_way.html", shown)


@require_POST
def reveal(request: HttpRequest, lead: UUID, point: UUID) -> HttpResponse:
    found = a_point(lead, point)
    value = services.reveal(point=found, request=request)
    fragment = request.headers.get("HX-Request")
    template = "leads/people/_way.html" if fragment else "leads/people/revealed.html"
    context = {"lead": found.lead, "way": queries.way(found), "value": value}
    return render(request, template, context)


@require_POST
def begin(request: HttpRequest, lead: UUID, how: str) -> HttpResponse:
    """Reveals, keeps the reveal and begins the call, text or letter, in one step."""
    found = a_lead(lead)
    scheme, kind, what = BEGINS[how]
    fragment = bool(request.headers.get("HX-Request"))
    point = _chosen(found, kind, request.POST.get("point", ""))
    if found.do_not_contact:
        return _not_begun(request, found, f"{found.first_name} asked not to be contacted.")
    if point is None:
        return _not_begun(request, found, f"There is no {what} yet. Add one under Contact.")
    value = services.reveal(point=point, request=request)
    address = scheme + (value if how == "mail" else "".join(c for c in value if c in "+0123456789"))
    if fragment:
        about = {"address": address, "how": how, "lead": str(found.id), "name": found.name}
        return trigger_client_event(HttpResponse(status=204), "begin", about)
    context = {"lead": found, "way": queries.way(point), "value": value, "address": address}
    return render(request, "leads/people/revealed.html", context)


def _chosen(lead: Lead, kind: str, id: str) -> ContactPoint | None:
    """The one that was asked for, else the first of its kind that works."""
    if id:
        try:
            point = a_point(lead.id, UUID(id))
        except ValueError as error:
            raise Http404 from error
        return point if point.kind == kind else None
    reach = queries.reachable(lead)
    way = reach.phone if kind == ContactPoint.Kind.PHONE else reach.email
    return a_point(lead.id, way.id) if way else None


def _not_begun(request: HttpRequest, lead: Lead, words: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return toast(HttpResponse(status=204), words, tone="bad")
    flash(request, words, tone="bad")
    return redirect(page_of(lead))


@require_http_methods(["GET", "POST"])
@once
def add_point(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = a_lead(lead)
    form = PointForm(typed(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        _, undo = services.add_point(
            lead=found,
            kind=data["kind"],
            value=data["value"],
            label=data["label"],
            network=data["network"],
            primary=data["is_primary"],
        )
        return answered(request, page_of(found), "Added", undo=undo)
    title = f"How to reach {found.first_name}"
    return ask(request, form, title=title, back=page_of(found), body=POINT_BODY, labels=LABELS)


@require_http_methods(["GET", "POST"])
def change_point(request: HttpRequest, lead: UUID, point: UUID) -> HttpResponse:
    found = a_point(lead, point)
    form = ChangePointForm(typed(request), point=found)
    back = page_of(found.lead)
    if request.method == "POST" and form.is_valid():
        undo = services.change_point(point=found, values=form.values())
        return answered(request, back, "Saved" if undo else "Nothing to change", undo=undo)
    remove = reverse("people:remove_point", args=[lead, point])
    title = f"Change {queries.way(found).named.lower()}"
    context: dict[str, Any] = {"labels": LABELS, "remove": remove}
    return ask(request, form, title=title, back=back, body=POINT_BODY, **context)


@require_POST
def remove_point(request: HttpRequest, lead: UUID, point: UUID) -> HttpResponse:
    found = a_point(lead, point)
    undo = services.remove_point(point=found)
    return answered(request, page_of(found.lead), "Removed", undo=undo)


@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest, lead: UUID, channel: str) -> HttpResponse:
    if channel not in Consent.Channel.values:
        raise Http404
    found = a_lead(lead)
    held = Consent.objects.filter(lead=found, channel=channel).first()
    now = {"state": held.state if held else "", "how": held.how if held else ""}
    form = ConsentForm(typed(request), now=now)
    label = Consent.Channel(channel).label
    if request.method == "POST" and form.is_valid():
        undo = services.set_consent(lead=found, channel=channel, **form.cleaned_data)
        return answered(request, page_of(found), f"{label}: saved", undo=undo)
    title = f"{label}: may {found.first_name} be contacted?"
    return ask(request, form, title=title, back=page_of(found))
