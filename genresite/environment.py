"""Reading settings from the environment; a bad value stops the program with one clear sentence."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class BadSetting(SystemExit):
    """An environment variable whose value cannot be used; its message names the variable and the remedy."""


def env_bool(name: str, default: bool) -> bool:
    value = os.environ.get(name, str(default)).strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise BadSetting(f"{name}={value!r} is neither yes nor no: use 1 or 0.")


def env_int(name: str, default: int) -> int:
    value = os.environ.get(name, str(default)).strip()
    try:
        return int(value)
    except ValueError:
        raise BadSetting(f"{name}={value!r} is not a whole number.") from None


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def env_rate(name: str, default: str) -> str:
    """So many per second, minute, hour or day, as in 120/min."""
    value = os.environ.get(name, default).strip()
    if not re.fullmatch(r"[0-9]{1,9}/(s|sec|m|min|h|hour|d|day)", value):
        raise BadSetting(f"{name}={value!r} is no rate: write a number and a unit, as in 120/min.")
    return value


def env_url(name: str) -> str:
    """An address of http or https, without a slash at its end; empty where it is not set."""
    value = os.environ.get(name, "").strip().rstrip("/")
    if value and not re.fullmatch(r"https?://[^\s/@?#]+(/[^\s?#]*)?", value):
        raise BadSetting(f"{name}={value!r} is no address: write http://HOST:PORT/v1, without a name or a password.")
    return value


def env_text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_issuer(name: str) -> str:
    """As env_url; what it says of people must not be forged on the way, so that http is for this machine alone."""
    value = os.environ.get(name, "").strip().rstrip("/")
    if not value or (re.fullmatch(r"https://[^\s/@?#]+(/[^\s?#]*)?", value) and len(value) <= 200):
        return value
    if re.fullmatch(r"http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?(/[^\s?#]*)?", value):
        return value
    raise BadSetting(f"{name}={value!r} is no issuer: write its https address, as in https://id.example.org/realms/x.")


def env_origins(name: str) -> list[str]:
    """Schemes with hosts, without a path."""
    origins = env_list(name)
    for origin in origins:
        if not re.fullmatch(r"https?://[A-Za-z0-9.*-]+(:[0-9]+)?", origin):
            raise BadSetting(f"{name}: {origin!r} is no origin: write https://HOST, without a path.")
    return origins


def all_or_none(**values: str) -> None:
    """Settings that mean nothing without each other."""
    missing = [name for name, value in values.items() if not value]
    if missing and len(missing) < len(values):
        raise BadSetting(f"{missing[0]} is not set: {', '.join(values)} are needed together, or none of them.")


def env_path(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default).expanduser().resolve()


def env_secret(name: str, file: Path) -> str:
    """The value of NAME, or of the file; a file that is missing is made with a fresh random value."""
    if value := os.environ.get(name):
        if len(value) < 50:
            raise BadSetting(f"{name} has {len(value)} characters: use at least 50 random ones.")
        return value
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        with suppress(FileExistsError):  # whoever is first at the very first start decides
            file.hardlink_to(fresh)
        fresh.unlink()
    return file.read_text().strip()
