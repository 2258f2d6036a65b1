"""What browsers ask for at the root: the service worker that shows notices, and the name and icons
under which a phone keeps Porchlight on its home screen, where an iPhone allows push."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def service_worker(_request: HttpRequest) -> HttpResponse:
    """Open to all: a browser looks for a newer one also after the session's end."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _script() -> str:
    return Path(__file__).with_name("sw.js").read_text(encoding="utf-8")


@login_not_required
@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """Open to all: browsers ask for it without cookies."""
    said = {
        "name": "Porchlight",
        "short_name": "Porchlight",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f7f3ec",
        "theme_color": "#f7f3ec",
        "icons": [
            {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
            for size in (192, 512)
        ],
    }
    return JsonResponse(said, content_type="application/manifest+json")
