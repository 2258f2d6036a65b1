"""What the owner can be told of. Rooms register their kinds when the apps are ready."""

from __future__ import annotations

from dataclasses import dataclass

from crm.models.notification_delivery import Channel


@dataclass(frozen=True)
class Kind:
    """`urgent` comes at once: as a toast in the page, and through quiet hours."""

    name: str
    label: str
    channels: tuple[Channel, ...] = (Channel.PAGE,)
    urgent: bool = False


_kinds: dict[str, Kind] = {}

DIGEST = Kind("house.digest", "What you missed", (Channel.PAGE, Channel.EMAIL, Channel.PUSH))
TEST = Kind("house.test", "A test that you asked for", tuple(Channel), urgent=True)
BACKUP = Kind("house.backup", "Backups", (Channel.PAGE, Channel.EMAIL))
HEALTH = Kind("house.health", "The house needs you", tuple(Channel), urgent=True)
WELL = Kind("house.well", "The house is well again", (Channel.PAGE, Channel.EMAIL))
WAY_IN = Kind("house.way_in", "Ways back in from the machine", tuple(Channel), urgent=True)


def register(kind: Kind) -> None:
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"There is another kind {kind.name} already")


def register_all() -> None:
    for kind in (DIGEST, TEST, BACKUP, HEALTH, WELL, WAY_IN):
        register(kind)


def find(name: str) -> Kind:
    """A kind that this version no longer has is told in the page."""
    return _kinds.get(name) or Kind(name, name)


def known(name: str) -> bool:
    return name in _kinds


def choosable() -> list[Kind]:
    """Those the owner decides about: a digest goes where what it gathers would have gone."""
    return [kind for kind in _kinds.values() if kind not in (DIGEST, TEST)]
