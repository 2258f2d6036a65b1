"""From the one-time link that `up` printed to a signed-in owner."""

from __future__ import annotations

from allauth.account.internal import flows
from allauth.account.models import Login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from crm.models import OneTimeLink, Owner
from crm.owner import choices, links, passkeys, security, services
from crm.owner.forms import FirstRunForm

KEPT = "owner_first_run"
Purpose = OneTimeLink.Purpose


@login_not_required
@never_cache
@require_GET
def first_run_link(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the token out of the address bar. Only its hash goes into the session."""
    digest = links.digest_of(token)
    if services.owner() is not None:
        return _gone(request)
    if links.find(Purpose.FIRST_RUN, digest) is None:
        return _no_link(request)
    request.session[KEPT] = digest.hex()
    return redirect("first_run")


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    digest = bytes.fromhex(request.session.get(KEPT, ""))
    if services.owner() is not None:
        return _gone(request)
    if links.find(Purpose.FIRST_RUN, digest) is None:
        return _no_link(request)
    form = FirstRunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _set_up(request, form, digest)
    return render(
        request, "crm/owner/first_run.html", {"form": form, "zones": choices.zones().values()}
    )


@never_cache
@require_GET
def second_factor_offer(request: HttpRequest) -> HttpResponse:
    return render(request, "crm/owner/second_factor_offer.html", {"place": passkeys.place(request)})


def _set_up(request: HttpRequest, form: FirstRunForm, digest: bytes) -> HttpResponse:
    data = form.cleaned_data
    try:
        owner = services.set_up(
            digest=digest,
            name=data["name"],
            email=data["email"],
            password=data["password"],
            preferences=form.preferences(),
        )
    except (services.AlreadyOwned, services.LinkIsSpent):
        return _gone(request)
    return _let_in(request, owner)


def _let_in(request: HttpRequest, owner: Owner) -> HttpResponse:
    request.session.pop(KEPT, None)
    security.tell("owner.first_run", request=request)
    login = Login(user=owner, redirect_url=reverse("second_factor_offer"))
    response: HttpResponse = flows.login.perform_password_login(
        request, {"email": owner.email}, login
    )
    return response


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "crm/owner/first_run_gone.html", status=410)


def _no_link(request: HttpRequest) -> HttpResponse:
    return render(request, "crm/owner/first_run_no_link.html", status=404)
