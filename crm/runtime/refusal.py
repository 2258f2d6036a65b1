from __future__ import annotations


class Refusal(Exception):
    """Something can't be done; the message is a sentence for the owner, with the way out."""
