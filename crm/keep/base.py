"""A copy of the database's files, as they are while it runs: what a strand begins with."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

from crm.keep.strands import BASE, Strand
from crm.keep.stream import SealingWriter, pump
from crm.runtime.binaries import postgres_program

# To standard output, packed, and without the log, which the strand's pieces bring.
COMMAND = [
    *("--pgdata=-", "--format=tar", "--wal-method=none", "--checkpoint=fast"),
    *("--compress=client-gzip:3", "--no-password"),
]


class Base(threading.Thread):
    """Made beside the log's copying, which goes on meanwhile; `error` says how it ended."""

    def __init__(self, strand: Strand, start: int, environment: Mapping[str, str], key: bytes):
        super().__init__(daemon=True)
        self.strand, self.start_position, self.key = strand, start, key
        self.environment = dict(environment)
        self.error = ""
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        try:
            self.error = self._make(self.strand.folder / BASE)
        except OSError as error:
            self.error = str(error)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()

    def give_up(self) -> None:
        shutil.rmtree(self.strand.folder, ignore_errors=True)

    def _make(self, path: Path) -> str:
        with path.open("wb") as file:
            path.chmod(0o600)
            writer = SealingWriter(file, key=self.key, purpose=self.strand.purpose(BASE))
            with subprocess.Popen(
                [str(postgres_program("pg_basebackup")), *COMMAND],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as self._process:
                return self._seal(self._process, writer)

    def _seal(self, process: subprocess.Popen[bytes], writer: SealingWriter) -> str:
        assert process.stdout is not None  # noqa: S101
        assert process.stderr is not None  # noqa: S101
        try:
            pump(process.stdout.read, writer.write)
            writer.close()
        except OSError:
            process.kill()
            raise
        said = process.stderr.read().decode(errors="replace").strip()
        if process.wait() == 0:
            return ""
        return said.splitlines()[-1] if said else "PostgreSQL's tool ended without a word."
