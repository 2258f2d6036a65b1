from __future__ import annotations

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm.audit.services import operation
from crm.owner.services import preferences_of
from crm.shell.asking import answered, ask, typed
from leads.models import Lead
from leads.people import arrivals, services
from leads.people.forms.adding import AddLeadForm
from leads.people.views.finding import page_of

BODY = "leads/people/_add.html"


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = AddLeadForm(typed(request), currency=_currency(request))
    if request.method == "POST" and form.is_valid():
        return _added(request, form)
    return ask(request, form, title="Add a lead", back="/", body=BODY)


def _added(request: HttpRequest, form: AddLeadForm) -> HttpResponse:
    lead, undo = None, None
    try:
        with transaction.atomic(), operation("Add a lead") as undo:
            lead = services.add_lead(**form.fields_of_lead())
    except IntegrityError:
        # Sent twice: the first one has added them.
        lead, undo = Lead.objects.filter(id=form.id).first(), None
        if lead is None:
            raise
    again = "another" in request.POST
    back = reverse("people:add") if again else page_of(lead)
    return answered(request, back, f"{lead.name} is added", undo=undo)


@require_POST
def hints(request: HttpRequest) -> HttpResponse:
    """While one types: what was understood, and who may be here already."""
    form = AddLeadForm(request.POST, currency=_currency(request))
    form.is_valid()
    data = form.cleaned_data
    phones, emails = data.get("reach") or ([], [])
    known = arrivals.maybe_known(data.get("name", ""), phones, emails)
    wanted = form.wanted()
    context = {"known": known, "wanted": wanted if wanted else None, "currency": form.currency}
    return render(request, "leads/people/_hints.html", context)


def _currency(request: HttpRequest) -> str:
    preferences = preferences_of(request)
    return preferences.currency if preferences else "PHP"
