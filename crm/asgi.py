from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

# Django first: what stands before it needs its settings.
pages = get_asgi_application()

from crm.notify import hearing  # noqa: E402
from crm.notify.stream import with_live  # noqa: E402
from crm.runtime import endings  # noqa: E402
from crm.runtime.static import with_static_files  # noqa: E402

endings.register(hearing.end)

application = with_static_files(with_live(pages))
