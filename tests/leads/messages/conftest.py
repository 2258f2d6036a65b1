from __future__ import annotations

from tests.crm.notify.conftest import mailbox  # noqa: F401
