"""A workbook with a part of 300 MB of zeros, packed into some hundred kilobytes."""

import zipfile
from collections.abc import Iterator
from io import BytesIO


def pieces() -> Iterator[bytes]:
    book = BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/zeros.bin", "w") as part:
            for _ in range(300):
                part.write(bytes(2**20))
    yield book.getvalue()
