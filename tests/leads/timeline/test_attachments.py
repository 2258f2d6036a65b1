from __future__ import annotations

import os
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from crm.audit.undo import undo
from crm.keep import persons
from crm.vault.data_keys import Subject
from leads.models import Attachment, Lead
from leads.timeline import attachments, services
from leads.timeline.media import clean_name, sniffed
from tests.leads.factories import a_lead

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 10
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "root", lambda: tmp_path / "attachments")


def kept(content: bytes = PDF, name: str = "Loan.pdf", lead: Lead | None = None) -> Attachment:
    files = [SimpleUploadedFile(name, content)]
    entry = services.log(lead=lead or a_lead(), kind="note", body="See", files=files)
    return Attachment.objects.get(interaction=entry)


def url(file: Attachment) -> str:
    return reverse("timeline:file", args=[file.lead_id, file.id])


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_file_comes_back_as_it_was(signed_in: Client, size: int) -> None:
    content = os.urandom(size)
    file = kept(content, "plan.bin")

    answer = signed_in.get(url(file))

    assert answer.content == content
    assert answer["Content-Length"] == str(size)


def test_file_is_saved_and_never_shown(signed_in: Client) -> None:
    file = kept(b"<html><script>alert(1)</script>", "page.html")

    answer = signed_in.get(url(file))

    assert answer["Content-Disposition"] == 'attachment; filename="page.html"'
    assert answer["Content-Type"] == "text/plain"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].endswith("; sandbox")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_neither_name_nor_content_lies_open(canary: str) -> None:
    file = kept(b"Secret words of Dana " * 100, "Dana Whitfield.txt")

    on_disk = attachments.place(file.id).read_bytes()

    assert b"Secret" not in on_disk
    assert "Dana" not in attachments.place(file.id).name
    assert attachments.place(file.id).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("change", ["flip", "cut", "cut chunk", "grow", "empty", "swap"])
def test_altered_file_is_refused_whole(signed_in: Client, change: str) -> None:
    file, other = kept(os.urandom(3 << 20)), kept(os.urandom(3 << 20))
    path = attachments.place(file.id)
    content = path.read_bytes()
    chunk = (1 << 20) + 16
    changed = {
        "flip": content[:-5] + bytes([content[-5] ^ 1]) + content[-4:],
        "cut": content[:-1],
        "cut chunk": content[:-chunk],
        "grow": content + b"x",
        "empty": b"",
        "swap": attachments.place(other.id).read_bytes(),
    }
    path.write_bytes(changed[change])

    answer = signed_in.get(url(file))

    assert answer.status_code == 410
    assert "It is not what was saved" in answer.content.decode()


def test_lost_file_is_said_in_words(signed_in: Client) -> None:
    file = kept()
    attachments.place(file.id).unlink()

    answer = signed_in.get(url(file))

    assert answer.status_code == 410
    assert "It is not on the disk." in answer.content.decode()


def test_somebody_elses_file_is_not_found(signed_in: Client) -> None:
    file, other = kept(), a_lead("Ramon")

    assert signed_in.get(reverse("timeline:file", args=[other.id, file.id])).status_code == 404


def test_erasure_takes_the_files(django_capture_on_commit_callbacks) -> None:
    file, other = kept(), kept(lead=a_lead("Ramon"))
    assert persons.preview(file.lead_id)["Files"] == 1

    with django_capture_on_commit_callbacks(execute=True):
        persons.erase(subject=Subject("leads.lead", file.lead_id))

    assert not attachments.place(file.id).exists()
    assert attachments.place(other.id).exists()
    assert list(Attachment.objects.all()) == [other]


def test_export_names_files_and_keeps_their_keys() -> None:
    file = kept()

    told = {s.name: list(s.rows) for s in persons.export(file.lead_id)}["attachments"]

    assert [row["Name"] for row in told] == ["Loan.pdf"]
    assert file.content_key not in str(told)


def old(path: Path, days: float) -> None:
    moment = time.time() - days * 86_400
    os.utime(path, (moment, moment))


def test_sweep_puts_aside_and_ends_what_has_no_row() -> None:
    file = kept()
    done = services.remove(interaction=file.interaction)
    old(attachments.place(file.id), 1)

    assert attachments.sweep() == 1
    aside = attachments.root() / "removed" / f"{file.id}.sealed"
    assert aside.exists()
    undo(done)
    back = Attachment.objects.get()
    assert attachments.content(back) == PDF
    attachments.sweep()
    assert attachments.place(file.id).exists()

    services.remove(interaction=back.interaction)
    old(attachments.place(file.id), 1)
    attachments.sweep()
    assert attachments.sweep() == 0
    old(aside, 91)
    assert attachments.sweep() == 1
    assert not aside.exists()


def test_sweep_leaves_what_has_a_row_and_what_is_fresh() -> None:
    file, fresh = kept(), kept()
    old(attachments.place(file.id), 400)
    Attachment.objects.filter(id=fresh.id).delete()

    assert attachments.sweep() == 0
    assert attachments.place(file.id).exists()
    assert attachments.place(fresh.id).exists()


def test_file_is_removed_and_returns_by_undo(signed_in: Client) -> None:
    file = kept()

    signed_in.post(reverse("timeline:drop_file", args=[file.lead_id, file.id]))
    assert Attachment.objects.count() == 0
    from crm.models import Operation

    undo(Operation.objects.get(name="Remove a file").id)
    assert attachments.content(Attachment.objects.get()) == PDF


def zipped(name: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr(name, "<x/>")
    return out.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic\x00", "image/heic"),
        (b"\x00\x00\x00\x18ftypisom\x00", "video/mp4"),
        (zipped("word/document.xml"), f"{OFFICE}.wordprocessingml.document"),
        (zipped("other.txt"), "application/zip"),
        (b"PK\x03\x04 broken", "application/zip"),
        (b"<svg onload=alert(1)>", "text/plain"),
        ("Ünïcode text".encode(), "text/plain"),
        (("é" * 8192).encode()[:8191] + b"\xc3\xa9", "text/plain"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"MZ\x90\x00", "application/octet-stream"),
        (b"", "text/plain"),
    ],
)
def test_type_is_what_the_content_is(content: bytes, media_type: str) -> None:
    assert sniffed(content) == media_type


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\plan.pdf", "plan.pdf"),
        ("a\r\nb.pdf", "ab.pdf"),
        ("cod.\u202efdp.exe", "cod.fdp.exe"),
        ("", "file"),
        ("...", "file"),
        ("x" * 300, "x" * 200),
        ("Größe 大.pdf", "Größe 大.pdf"),
    ],
)
def test_name_is_the_files_own(given: str, clean: str) -> None:
    assert clean_name(given) == clean


@given(st.text(max_size=400))
def test_any_name_is_cleaned_once_and_for_all(name: str) -> None:
    once = clean_name(name)

    assert once
    assert "/" not in once
    assert clean_name(once) == once
