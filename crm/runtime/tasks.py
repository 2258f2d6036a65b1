from __future__ import annotations

from typing import Any

from crm.celery import app
from crm.runtime import ticking
from crm.runtime.ticks import TASK


@app.task(name=TASK, bind=True)  # type: ignore[untyped-decorator]
def tick(self: Any, name: str = "") -> None:
    # A hint whose worker died is not tried again and again: the next one is seconds away.
    if self.request.delivery_info and self.request.delivery_info.get("redelivered"):
        return
    if name:
        ticking.run_named(name)
    else:
        ticking.run_due()
