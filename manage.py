#!/usr/bin/env python3
# No modern syntax here: an old Python must get as far as the sentence below.
import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "Porchlight needs Python 3.11 or newer, and this is "
        + sys.version.split()[0]
        + ". Install a newer one and name it, for example: python3.12 "
        + " ".join(sys.argv)
    )

if __name__ == "__main__":
    from crm import bootstrap

    bootstrap.ensure(sys.argv)

    from crm import command_line

    command_line.run(sys.argv)
