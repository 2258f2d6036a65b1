from __future__ import annotations

from tests.crm.notify.conftest import mailbox, never_quiet

__all__ = ["mailbox", "never_quiet"]
