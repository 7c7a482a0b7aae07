"""Debian's packages, unpacked into a folder: nothing is installed into the system, and no rights are needed."""

import re
from collections.abc import Sequence
from pathlib import Path

from tests.servers.hosting import NotHere, run


class Debian:
    """The package sources of this machine, with lists of its own in `folder`; another `suite` of Debian where one is named."""

    def __init__(self, folder: Path, *, server: str, suite: str = "") -> None:
        self._folder, self._server, self._suite = folder, server, suite
        self._settings = {"APT_CONFIG": str(folder / "apt.conf")}

    def unpack(self, packages: Sequence[str], *, needing: Sequence[str] = ()) -> Path:
        """The folder that holds the files of `packages` (`name=version`) and of what those of `needing` lack here.

        Raises NotHere, also where the sources have another version.
        """
        self._ask_sources()
        wanted = dict.fromkeys([*packages, *self._lacking(needing)])
        archives, root = self._folder / "archives", self._folder / "root"
        for place in (archives, root):
            place.mkdir(exist_ok=True)
        self._run("apt-get", "download", "-q", *wanted, folder=archives)
        for archive in sorted(archives.glob("*.deb")):
            self._run("dpkg", "-x", str(archive), str(root))
            archive.unlink()
        return root

    def _ask_sources(self) -> None:
        for place in ("state/lists/partial", "cache/archives/partial"):
            (self._folder / place).mkdir(parents=True, exist_ok=True)
        settings = {
            "Dir::State": self._folder / "state",
            "Dir::State::status": "/var/lib/dpkg/status",
            "Dir::Cache": self._folder / "cache",
            "APT::Sandbox::User": "root",
        }
        if self._suite:
            sources = self._folder / "sources.list"
            sources.write_text(f"deb {self._address()} {self._suite} main\n", "utf-8")
            settings |= {"Dir::Etc::SourceList": sources, "Dir::Etc::SourceParts": "/dev/null"}
        conf = self._folder / "apt.conf"
        conf.write_text("".join(f'{name} "{value}";\n' for name, value in settings.items()), "utf-8")
        self._run("apt-get", "update", "-q")

    def _address(self) -> str:
        """Where this machine has Debian itself from."""
        asked = ("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian", "Label: Debian")
        found = run(asked, server=self._server, folder=self._folder).split()
        if not found:
            raise NotHere(f"{self._server} cannot be installed here (this machine has no source of Debian's packages)")
        return found[0]

    def _lacking(self, packages: Sequence[str]) -> list[str]:
        """What the system would need for these, as `name=version`."""
        if not packages:
            return []
        plan = self._run("apt-get", "install", "--simulate", "--no-install-recommends", "-q", *packages)
        return [f"{name}={version}" for name, version in re.findall(r"^Inst (\S+) (?:\[\S+\] )?\((\S+)", plan, re.MULTILINE)]

    def _run(self, *step: str, folder: Path | None = None) -> str:
        return run(step, server=self._server, folder=folder or self._folder, environment=self._settings)
