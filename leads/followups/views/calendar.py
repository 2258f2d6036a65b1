from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from crm.models import Owner
from crm.owner.recent import require_recent_sign_in
from crm.shell.toasts import flash
from leads.followups import calendar, clock, feeds, invitations
from leads.models import FollowUp

TYPE = "text/calendar; charset=utf-8"
A_MINUTE, AT_MOST = 60, 60


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """For calendar programs: no session and no cookie count, only the address."""
    if _too_often(request):
        return HttpResponse("Too many requests. Ask again in a minute.", status=429,
                            headers={"Retry-After": str(A_MINUTE)})  # fmt: skip
    found, now = feeds.found(token), timezone.now()
    if found is None:
        raise Http404
    version = feeds.version(found, now)
    etag, changed = quote_etag(version.etag), int(version.changed.timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=changed)
    if response is None:
        response = HttpResponse(feeds.written(found, now), content_type=TYPE)
        response["ETag"] = etag
        response["Last-Modified"] = version.changed.strftime("%a, %d %b %Y %H:%M:%S GMT")
    response["Cache-Control"] = "private, no-cache"
    return response


def _too_often(request: HttpRequest) -> bool:
    key = f"calendar:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, A_MINUTE)
    try:
        return cache.incr(key) > AT_MOST
    except ValueError:  # its minute ended in between
        return False


@require_GET
def invitation(request: HttpRequest, follow_up: UUID) -> HttpResponse:
    """A file that the agent sends along: for calendars of others."""
    showings = FollowUp.objects.select_related("listing", "lead")
    showing = get_object_or_404(showings, id=follow_up, kind=FollowUp.Kind.SHOWING)
    owner = Owner.objects.get()
    address = invitations.address(showing, request)
    method = invitations.method(showing, asked=bool(address))
    body = calendar.invitation(
        showing, zone=clock.zone(), owner=owner, method=method, address=address
    )
    name = "called-off.ics" if method == invitations.CANCEL else "showing.ics"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(body, content_type=f"{TYPE}; method={method}", headers=headers)


@never_cache
@require_recent_sign_in
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    _, token = feeds.renew(request=request)
    path = reverse("followups:feed", args=[token])
    address = settings.PUBLIC_URL.rstrip("/") + path if settings.PUBLIC_URL else ""
    context = {"address": address or request.build_absolute_uri(path), "public": bool(address)}
    return render(request, "leads/followups/calendar_made.html", context)


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    ended = feeds.end(request=request)
    flash(request, "The calendar's address opens nothing any more." if ended else "There was none.")
    return redirect("followups:settings")


@require_POST
def names(request: HttpRequest) -> HttpResponse:
    feeds.say_names(wanted=bool(request.POST.get("with_names")))
    flash(request, "Saved.")
    return redirect("followups:settings")
