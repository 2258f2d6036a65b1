from __future__ import annotations

import sys
from pathlib import Path

from crm.audit import context, measures
from crm.runtime import grants


def register() -> None:
    grants.restrict("crm_trail", "SELECT")
    grants.restrict("crm_trail_eras", "SELECT")
    grants.restrict("crm_seal", "SELECT")
    grants.restrict("crm_operation", "SELECT, INSERT, UPDATE")
    measures.register_measures()
    context.begin_process(*process(sys.argv))


def process(arguments: list[str]) -> tuple[str, str]:
    """Who acts in this process when no page does, and its name: `manage.py migrate` and so on."""
    program = Path(arguments[0]).name if arguments else ""
    command = next((word for word in arguments[1:] if not word.startswith("-")), "")
    if "celery" in program or "celery" in command:
        return "worker", ""
    return ("migration" if command == "migrate" else "command"), command or program
