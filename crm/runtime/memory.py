"""Python's own clearing of memory, fitted to a process that has all its code loaded and then
answers pages: gone through again and again, what stays for good holds a page up by 200 ms."""

from __future__ import annotations

import gc

# So many new objects, and not 700, before the youngest are looked at: a page makes some thousands.
YOUNG = 10_000


def settle() -> None:
    """What is here by now stays, and is not looked at any more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


def load_django() -> None:
    """What is loaded stays. Looked through while it grows, and once more when the process ends, it
    takes a third of the time that a short command has."""
    import django

    gc.disable()
    try:
        django.setup()
    finally:
        gc.freeze()
        gc.enable()
