"""From what was here to what was restored, and back: folders by renaming, the database last, by renaming too.

What is to be renamed stands in a journal until the database has been switched. Whoever finds one and a fresh database
beside ours finds a restore that was interrupted, and puts everything back.
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from catalog.files import flush, write_whole
from genresite.backup import contents, database
from genresite.backup.contents import KEY

STAGED, REPLACED = ".restored", ".replaced"  # in each folder itself: renaming works within one disk only
Move = tuple[Path, Path]


def is_pending() -> bool:
    """Whether a restore is switching right now, or was killed while it did: neither the old nor the new is whole."""
    return _journal().exists()


def staged(name: str) -> Path:
    """Where a member of a backup waits for the switch."""
    root, _slash, rest = name.partition("/")
    return contents.roots()[root] / STAGED / rest if rest else Path(settings.DATA_DIR) / STAGED / name


def switch(roots: Iterable[str], *, key: bool) -> None:
    """All at once for whoever looks later: what was staged takes the place of what is here.

    Raises:
        BackupError: somebody uses the database. `recover` then puts everything back, as after any other exception.
        OSError: a file cannot be renamed.
    """
    moves = list(_moves(roots, key))
    _note(moves)
    for source, target in moves:
        target.parent.mkdir(exist_ok=True)
        source.rename(target)
    for folder in {path.parent for move in moves for path in move}:
        flush(folder)
    database.switch()
    _journal().unlink()


def recover() -> None:
    """Put back what an interrupted switch has moved, and remove what a restore leaves behind."""
    if _journal().exists():
        moves = [(Path(source), Path(target)) for source, target in json.loads(_journal().read_text())]
        if database.exists(database.fresh_name()):  # otherwise all had been done
            for source, target in reversed(moves):
                if target.exists() and not source.exists():
                    target.rename(source)
        _journal().unlink()
    for folder in (*contents.roots().values(), Path(settings.DATA_DIR)):
        shutil.rmtree(folder / STAGED, ignore_errors=True)
        shutil.rmtree(folder / REPLACED, ignore_errors=True)
    database.drop_others()


def _journal() -> Path:
    return Path(settings.DATA_DIR) / "restoring.json"


def _note(moves: list[Move]) -> None:
    write_whole(_journal(), json.dumps([[str(source), str(target)] for source, target in moves]).encode())
    flush(_journal().parent)


def _moves(roots: Iterable[str], key: bool) -> Iterator[Move]:
    for name in roots:
        root = contents.roots()[name]
        yield from _in_place_of(root, contents.visible(root), contents.visible(root / STAGED))
    data = Path(settings.DATA_DIR)
    if key:
        yield from _in_place_of(data, [path for path in (data / KEY,) if path.exists()], [data / STAGED / KEY])


def _in_place_of(root: Path, present: list[Path], fresh: list[Path]) -> Iterator[Move]:
    yield from ((path, root / REPLACED / path.name) for path in present)
    yield from ((path, root / path.name) for path in fresh)
