"""For who cannot get in: what to do, and the link that `manage.py owner recover` prints."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from crm.models import OneTimeLink
from crm.owner import links, mail, security, services
from crm.owner.forms import NewPasswordForm

KEPT = "owner_recover"
Purpose = OneTimeLink.Purpose


@login_not_required
@never_cache
@require_GET
def forgotten(request: HttpRequest) -> HttpResponse:
    return render(request, "crm/owner/forgotten.html", {"by_mail": mail.is_set_up()})


@login_not_required
@never_cache
@require_GET
def recover_link(request: HttpRequest, token: str) -> HttpResponse:
    digest = links.digest_of(token)
    if links.find(Purpose.RECOVER, digest) is None:
        return _spent(request)
    request.session[KEPT] = digest.hex()
    return redirect("recover")


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    digest = bytes.fromhex(request.session.get(KEPT, ""))
    link = links.find(Purpose.RECOVER, digest)
    if link is None:
        return _spent(request)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _recover(request, digest, form.cleaned_data["password"])
    return render(request, "crm/owner/recover.html", {"form": form, "link": link})


def _recover(request: HttpRequest, digest: bytes, password: str) -> HttpResponse:
    try:
        link = services.recover(digest=digest, password=password)
    except services.LinkIsSpent:
        return _spent(request)
    security.tell(
        "owner.recovered", request=request, dropped_second_factors=link.drops_second_factors
    )
    request.session.flush()
    return redirect("account_login")


def _spent(request: HttpRequest) -> HttpResponse:
    return render(request, "crm/owner/recover_spent.html", status=410)
