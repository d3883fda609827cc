"""Which fonts draw certificates and bulletins, in order of preference.

1. the operator's folder, e.g. with a licensed 仿宋; what lies in its sub-folder `rare` only fills gaps and comes last;
2. the pinned wheel with Noto Serif and Noto Sans CJK: before the system's fonts, so that every machine draws the same;
3. Noto CJK of the system, only where the wheel is not installed.

Nothing else is ever used: a character that these fonts lack is refused (`glyphs`), not borrowed from a chance font.
"""

from __future__ import annotations

import importlib.util
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import typst

from shared.errors import Unavailable

WHEEL = "mplfonts"
# The wheel also carries fonts that are not free (SimHei): only these two are taken from it.
WHEEL_FILES = ("NotoSerifCJKsc-Regular.otf", "NotoSansCJKsc-Regular.otf")
SYSTEM_FILES = (
    ("NotoSerifCJKsc-Regular.otf", "NotoSerifCJK-Regular.ttc", "NotoSerifSC-Regular.otf"),
    ("NotoSansCJKsc-Regular.otf", "NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf"),
)
SUFFIXES = frozenset({".otf", ".ttf", ".ttc", ".otc"})
RARE = "rare"
REGULAR = 400  # weight of a font that is neither light nor bold
HOW_TO_INSTALL = (
    "install the pinned fonts (pip install --no-deps -r requirements-files.txt), or the system's Noto CJK "
    "(Debian: fonts-noto-cjk), or name a folder with font files in the settings"
)


@dataclass(frozen=True, slots=True)
class Face:
    """One font: `number` counts within a collection (.ttc), `family` is the name the typesetter knows it by.

    strange: how far it is from upright, normal in width and regular in weight; the typesetter takes the least strange."""

    path: Path
    number: int
    family: str
    strange: tuple[bool, float, int] = (False, 0, 0)


@dataclass(frozen=True, slots=True)
class Library:
    """The typesetter's view of the fonts, and their faces in order of preference."""

    fonts: typst.Fonts
    faces: tuple[Face, ...]

    @property
    def families(self) -> list[str]:
        return list(dict.fromkeys(face.family for face in self.faces))

    @property
    def chosen(self) -> list[Face]:
        """Of each family the face that draws all its characters: where nobody asks for bold, no other is taken."""
        return [
            min((face for face in self.faces if face.family == family), key=lambda face: face.strange)
            for family in self.families
        ]


@lru_cache(maxsize=8)
def font_files(folder: Path | None = None) -> tuple[Path, ...]:
    """Font files, best first; of two with the same name the first counts.

    Raises Unavailable if there is none, or if the operator's folder holds none: going on without the Centre's own font
    would silently change what certificates look like.
    """
    own: list[Path] = []
    rare: list[Path] = []
    if folder is not None:
        own, rare = list(_fonts_in(folder)), list(_fonts_in(folder / RARE))
        if not own and not rare:
            raise Unavailable(f"文件夹中没有字库，请安装 · no font files in {folder}: {HOW_TO_INSTALL}")
    found: dict[str, Path] = {}
    for path in (*own, *(_in_wheel() or _in_system()), *rare):
        found.setdefault(path.name, path)
    if not found:
        raise Unavailable(f"没有中文字库，请安装 · no Chinese font found: {HOW_TO_INSTALL}")
    return tuple(found.values())


@lru_cache(maxsize=8)
def library(folder: Path | None = None) -> Library:
    """The typesetter's fonts: these files, no system fonts, none that the typesetter brings. Raises Unavailable."""
    files = font_files(folder)
    # The typesetter takes folders, not files: a passing folder of links shows it these files and no neighbours. It
    # remembers where the files really lie, so that the links may go at once.
    with tempfile.TemporaryDirectory(prefix="certificate-fonts-") as shelf:
        for n, path in enumerate(files):
            _link(path, Path(shelf) / f"{n:03}{path.suffix.lower()}")
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[shelf])
    places = {path.resolve(): n for n, path in enumerate(files)}
    faces: dict[int, list[Face]] = {n: [] for n in range(len(files))}
    for font in sorted(fonts.fonts(), key=lambda font: font.index):
        n = places[Path(str(font.path)).resolve()]
        strange = (font.style != "normal", abs(font.stretch - 1), abs(font.weight - REGULAR))
        faces[n].append(Face(files[n], font.index, font.family, strange))
    unread = [files[n].name for n, found in faces.items() if not found]
    if unread:
        raise Unavailable(f"字库文件无法读取 · not readable as fonts: {', '.join(unread)}")
    return Library(fonts, tuple(face for found in faces.values() for face in _simplified(found)))


def _simplified(faces: list[Face]) -> list[Face]:
    """Of a collection that covers several countries, the forms used in China; else all faces of the file."""
    return [face for face in faces if face.family.endswith((" SC", " CN"))] or faces


def _fonts_in(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES:
            yield path.resolve()


def _in_wheel() -> list[Path]:
    # Found, not imported: its code wants plotting libraries that have no place here.
    spec = importlib.util.find_spec(WHEEL)
    places = (spec.submodule_search_locations if spec else None) or ()
    return [path for place in places for path in _existing(Path(place, "fonts"), WHEEL_FILES)]


def _in_system() -> list[Path]:
    found = {path.name: path for root in reversed(_system_folders()) for path in _tree(root)}
    return [next(found[name] for name in names if name in found) for names in SYSTEM_FILES if found.keys() & set(names)]


def _tree(root: Path) -> Iterator[Path]:
    wanted = {name for names in SYSTEM_FILES for name in names}
    for folder, _, names in os.walk(root):
        for name in sorted(wanted.intersection(names)):
            yield Path(folder, name)


def _system_folders() -> list[Path]:
    """Folders in which the systems keep fonts, the user's own first."""
    home = Path.home()
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [
        Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share", "fonts"),
        home / ".fonts",
        home / "Library/Fonts",
        Path("/Library/Fonts"),
        *(Path(place, "fonts") for place in shared.split(os.pathsep) if place),
        Path(os.environ.get("SYSTEMROOT") or "C:/Windows", "Fonts"),
    ]


def _existing(folder: Path, names: Iterable[str]) -> list[Path]:
    return [folder / name for name in names if (folder / name).is_file()]


def _link(path: Path, place: Path) -> None:
    try:
        place.symlink_to(path.resolve())
    except OSError as error:
        raise Unavailable(
            f"无法建立字库链接 · no link to the font {path} can be made in {place.parent}: {error}"
        ) from error
