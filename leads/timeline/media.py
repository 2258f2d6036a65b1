"""What a file is, judged by how it begins: what its sender says of it is not believed."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from pathlib import PurePosixPath

UNKNOWN = "application/octet-stream"
ENOUGH = 8192
BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
# After four bytes of length: the brand of an ISO media file.
BRANDS = {
    b"ftypheic": "image/heic", b"ftypmif1": "image/heic", b"ftypavif": "image/avif",
    b"ftypM4A ": "audio/mp4", b"ftypqt  ": "video/quicktime",
}  # fmt: skip
OFFICE = "application/vnd.openxmlformats-officedocument"
IN_ZIP = {
    "word/": f"{OFFICE}.wordprocessingml.document",
    "xl/": f"{OFFICE}.spreadsheetml.sheet",
    "ppt/": f"{OFFICE}.presentationml.presentation",
}
# They turn the reading direction round, so that "exe.fdp" reads as "pdf.exe".
TURNING = {"Cc", "Cf", "Zl", "Zp"}


def sniffed(content: bytes) -> str:
    head = content[:ENOUGH]
    for beginning, media_type in BEGINNINGS:
        if head.startswith(beginning):
            return _in_zip(content) if media_type == "application/zip" else media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[4:12], "video/mp4")
    return "text/plain" if _is_text(head) else UNKNOWN


def _in_zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()[:50]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return "application/zip"
    for folder, media_type in IN_ZIP.items():
        if any(name.startswith(folder) for name in names):
            return media_type
    return "application/zip"


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # The last letter may be cut through.
        return len(head) == ENOUGH and error.start > ENOUGH - 4
    return True


def clean_name(name: str) -> str:
    """The file's own name: without folders, and without signs that hide what it is."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(sign for sign in last if unicodedata.category(sign) not in TURNING)
    kept = " ".join(kept.split()).strip(". ")
    return (kept or "file")[:200]
