"""What the house does by the clock, in one table: name, seconds between, what."""

from __future__ import annotations

from crm.audit import ticks as audit
from crm.events import pruning
from crm.events.delivering import deliver_due
from crm.keep.letting_go import let_go
from crm.keep.nights import nightly
from crm.lists import bulk, counting
from crm.notify import keeping
from crm.notify.sending import send_due, show_due
from crm.runtime.ticks import register
from crm.vault.rewriting import rewrite_if_erased
from crm.watch.keeping import tidy
from crm.watch.minding import mind
from crm.watch.sampling import sample


def register_all() -> None:
    register("audit.seal", every=3, run=audit.seal)
    register("audit.verify", every=3600, run=audit.verify, slow=True)
    register("events.deliver", every=5, run=deliver_due, resumes=True)
    register("events.prune", every=3600, run=pruning.prune)
    register("notify.show", every=5, run=show_due, resumes=True)
    register("notify.send", every=5, run=send_due, resumes=True)
    register("notify.prune", every=3600, run=keeping.prune)
    register("keep.backup", every=60, run=nightly)
    register("keep.let_go", every=86_400, run=let_go, slow=True)
    register("watch.mind", every=60, run=mind)
    register(bulk.TICK, every=5, run=bulk.run_due, resumes=True)
    register("lists.prune", every=86_400, run=bulk.prune)
    register(counting.TICK, every=30, run=counting.count_due)
    register("vault.rewrite", every=3600, run=rewrite_if_erased, slow=True)
    register("watch.sample", every=900, run=sample)
    register("watch.tidy", every=86_400, run=tidy)
