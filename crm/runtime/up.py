"""`manage.py up`, before Django: keeps the supervisor small."""

from __future__ import annotations

import argparse
import sys

from crm.runtime import ports
from crm.runtime.home import home
from crm.runtime.refusal import Refusal
from crm.runtime.supervisor import Supervisor, Wishes


def parser(program: str = "manage.py up") -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog=program, description="Start Porchlight on this machine.")
    found.add_argument("--host", default="127.0.0.1", help="the address to answer at")
    found.add_argument("--port", type=ports.number, default=8000, help="the port, or the next free")
    found.add_argument("--open", action="store_true", help="open the browser")
    found.add_argument("--demo", action="store_true", help="show a demonstration")
    return found


def main(arguments: list[str]) -> int:
    chosen = parser().parse_args(arguments)
    wishes = Wishes(chosen.host, chosen.port, chosen.open, chosen.demo)
    try:
        Supervisor(home(), wishes, say).run()
    except Refusal as refusal:
        say(str(refusal))
        return 1
    return 0


def say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
