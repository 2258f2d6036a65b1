"""The web process: uvicorn, once, with an end to open streams."""

from __future__ import annotations

import os
import socket
import sys
import threading
from importlib import import_module, util
from types import FrameType

WARM_UP_AFTER = 5.0
# The supervisor reads this line and shows it; it is not logged.
FIRST_RUN = "porchlight-first-run "


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    os.environ["PORCHLIGHT_PROCESS"] = "web"
    from crm.runtime import lifeline

    lifeline.hold()
    from crm.asgi import application
    from crm.runtime import logs

    logs.configure()
    _tell_first_run_link()
    _warm_up_later()
    serve(application)


def _warm_up_later() -> None:
    """What a start doesn't wait for, loaded before the first click that would."""
    later = threading.Timer(WARM_UP_AFTER, _warm_up)
    later.daemon = True
    later.start()


def _warm_up() -> None:
    from crm.runtime import memory

    import_module("crm.celery")
    memory.settle()


def serve(application: object) -> None:
    import uvicorn

    from crm.runtime import endings

    config = uvicorn.Config(
        application,  # type: ignore[arg-type]
        host=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8000")),
        lifespan="off",
        # Addresses of pages hold what was searched for.
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    given = os.environ.get("PORCHLIGHT_SOCKET")
    # Bound by the supervisor: while we are restarted, callers wait instead of being refused.
    sockets = [socket.socket(fileno=int(given))] if given else None

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # Open pages would hold the end until its patience is over.
            endings.end_all()
            super().handle_exit(sig, frame)

    Server(config).run(sockets=sockets)


def _tell_first_run_link() -> None:
    base = os.environ.get("PORCHLIGHT_ADDRESS")
    if not base or util.find_spec("crm.owner.services") is None:
        return
    link = import_module("crm.owner.services").first_run_link(base)
    if link:
        sys.stdout.write(f"{FIRST_RUN}{link}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
