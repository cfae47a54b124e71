"""Style sheet, drawings and icons: read once, served under names that hold a hash of their content."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from starlette.responses import Response

_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8"}
_HASH_CHARACTERS = 12
_YEAR_SECONDS = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its content, its media type and the address that changes with its content."""

    content: bytes
    media_type: str
    url: str


class Assets:
    """All files of a directory, at most a few hundred kilobytes, held in memory."""

    def __init__(self, assets: dict[str, Asset]) -> None:
        self._assets = assets

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Read a directory. Raises KeyError for a kind of file that has no media type here."""
        found = {}
        for path in sorted(each for each in directory.rglob("*") if each.is_file()):
            content, name = path.read_bytes(), path.relative_to(directory).as_posix()
            digest = hashlib.sha256(content).hexdigest()[:_HASH_CHARACTERS]
            url = f"/static/{name.removesuffix(path.suffix)}.{digest}{path.suffix}"
            found[name] = Asset(content, _TYPES[path.suffix], url)
        return cls(found)

    def has(self, name: str) -> bool:
        """Whether there is a file of this name."""
        return name in self._assets

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError when there is none."""
        return self._assets[name].url

    def response(self, path: str) -> Response | None:
        """The file at a path below /static/, None when there is none.

        While one release replaces another, a page of one may ask the other for its files: a known name under another
        hash is answered with what there is, not to be kept.
        """
        stem, _, suffix = path.rpartition(".")
        asset = self._assets.get(path) or self._assets.get(f"{stem.rpartition('.')[0]}.{suffix}")
        if asset is None:
            return None
        exact = asset.url == f"/static/{path}"
        caching = f"public, max-age={_YEAR_SECONDS}, immutable" if exact else "no-cache"
        return Response(asset.content, headers={"Cache-Control": caching}, media_type=asset.media_type)
