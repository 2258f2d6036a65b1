from __future__ import annotations

from crm.runtime import grants, health
from crm.vault import redact
from crm.vault.health import check


def register() -> None:
    redact.install()
    grants.restrict("crm_erasure", "SELECT, INSERT")
    health.register("vault", check)
