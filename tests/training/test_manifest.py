"""A sealed folder: any change of any byte is noticed, and placing it is all or nothing."""

import random
from pathlib import Path

import pytest

from training import manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "version"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(random.Random(0).randbytes(500))
    (folder / "config.json").write_text("{}")
    (folder / "README.md").write_text("# Card")
    return folder


def test_an_untouched_folder_passes(folder: Path) -> None:
    manifest.verify(folder, manifest.seal(folder))


def test_one_changed_byte_anywhere_is_refused(folder: Path) -> None:
    seal, dice = manifest.seal(folder), random.Random(1)
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for _ in range(20):
            at = dice.randrange(len(whole))
            path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << dice.randrange(8))]) + whole[at + 1 :])
            with pytest.raises(manifest.DamagedModel):
                manifest.verify(folder, seal)
        path.write_bytes(whole)
    manifest.verify(folder, seal)


def test_missing_added_and_cut_files_are_refused(folder: Path) -> None:
    seal = manifest.seal(folder)
    (folder / "extra.json").write_text("{}")
    with pytest.raises(manifest.DamagedModel, match="missing or added"):
        manifest.verify(folder, seal)
    (folder / "extra.json").unlink()
    (folder / "model.safetensors").write_bytes(b"cut")
    with pytest.raises(manifest.DamagedModel, match="has changed"):
        manifest.verify(folder, seal)
    (folder / "model.safetensors").unlink()
    with pytest.raises(manifest.DamagedModel, match="missing or added"):
        manifest.verify(folder, seal)


@pytest.mark.parametrize("name", ["model.pt", "model.pkl", "modeling_x.py"])
def test_code_and_pickles_are_not_sealed(name: str, folder: Path) -> None:
    (folder / name).write_text("print()")
    with pytest.raises(manifest.DamagedModel, match="does not belong"):
        manifest.seal(folder)


def test_a_placed_version_is_never_replaced(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "models" / "1"
    manifest.place(folder, target)
    with pytest.raises(FileExistsError):
        manifest.place(folder, target)
    assert sorted(path.name for path in target.parent.iterdir()) == ["1"]
