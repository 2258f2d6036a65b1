from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    name: str
    least: int
    word: str
    means: str


HOT = Band("hot", 75, "Hot", "Close to a decision. Stay near.")
WARM = Band("warm", 50, "Warm", "Interested. Keep it moving.")
COOL = Band("cool", 0, "Cool", "Not yet. Keep in touch.")


def band(score: int) -> Band:
    return next(one for one in (HOT, WARM, COOL) if score >= one.least)
