"""What unpacking a damaged zip raises: each way of packing has an error of its own."""

import lzma
import zipfile
import zlib

DAMAGED = (
    zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, zlib.error,
    lzma.LZMAError,
)  # fmt: skip
