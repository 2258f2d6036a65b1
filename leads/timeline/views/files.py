from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from crm.shell.headers import policy
from leads.models import Attachment
from leads.timeline import attachments
from leads.timeline.people import KEPT


@require_GET
def file(request: HttpRequest, lead: UUID, attachment: UUID) -> HttpResponse:
    kept = Attachment.objects.filter(lead=lead, lead__state__in=KEPT)
    one = get_object_or_404(kept, id=attachment)
    try:
        content = attachments.content(one)
    except (attachments.FileIsGone, attachments.FileIsDamaged) as trouble:
        return _refused(request, one, damaged=isinstance(trouble, attachments.FileIsDamaged))
    answer = HttpResponse(content, content_type=one.media_type)
    answer["Content-Disposition"] = content_disposition_header(True, one.name) or "attachment"
    # Saved, never shown: opened all the same, it runs nothing and belongs to no page of ours.
    answer["Content-Security-Policy"] = f"{policy(request.csp_nonce)}; sandbox"  # type: ignore[attr-defined]
    answer["Cache-Control"] = "private, no-store"
    return answer


def _refused(request: HttpRequest, one: Attachment, *, damaged: bool) -> HttpResponse:
    context = {"file": one, "damaged": damaged}
    return render(request, "leads/timeline/file_trouble.html", context, status=410)
