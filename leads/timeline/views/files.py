from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from leads.models import Attachment
from leads.timeline import attachments
from leads.timeline.people import KEPT

# Saved, never shown: whatever is in it, no page of ours runs it.
POLICY = "default-src 'none'; sandbox"


@require_GET
def file(request: HttpRequest, lead: UUID, attachment: UUID) -> HttpResponseBase:
    kept = Attachment.objects.filter(lead=lead, lead__state__in=KEPT)
    one = get_object_or_404(kept, id=attachment)
    try:
        content = attachments.chunks(one)
    except (attachments.FileIsGone, attachments.FileIsDamaged) as trouble:
        return _refused(request, one, damaged=isinstance(trouble, attachments.FileIsDamaged))
    answer = StreamingHttpResponse(content, content_type=one.media_type)
    answer["Content-Length"] = str(one.size)
    answer["Content-Disposition"] = content_disposition_header(True, one.name) or "attachment"
    answer["Content-Security-Policy"] = POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _refused(request: HttpRequest, one: Attachment, *, damaged: bool) -> HttpResponse:
    context = {"file": one, "damaged": damaged}
    return render(request, "leads/timeline/file_trouble.html", context, status=410)
