"""A real WordPress with MariaDB, unpacked once and started for a run of the tests."""

import base64
import getpass
import html
import itertools
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.fake_wordpress import words_of
from tests.servers.debian import Debian
from tests.servers.hosting import NotStarted, answers, fetched, free_port, process, wait_until

NAME = "WordPress"
_HERE = Path(__file__).parent / "wordpress"
_MARIADB = "mariadb-server-core=1:10.11.*"
_DEFAULTS = "mariadb-client-core=1:10.11.*"
"""Has a program that MariaDB asks for when a database is made."""
_PHP = tuple(f"php8.2-{part}" for part in ("cli", "common", "gd", "mbstring", "mysql", "xml"))
_PACKAGES = ("wordpress=6.1.*", "wordpress-theme-twentytwentythree=6.1.*", "php-getid3", _MARIADB, _DEFAULTS, *_PHP)
_EXTENSIONS = (
    *("ctype", "dom", "exif", "fileinfo", "gd", "iconv", "mbstring", "mysqlnd", "mysqli", "phar", "posix", "simplexml"),
    *("tokenizer", "xml", "xmlreader", "xmlwriter", "opcache"),
)

_users = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class RealUser:
    """A user of its own for one test."""

    number: int
    name: str
    application_password: str


@dataclass(frozen=True, kw_only=True)
class RealWordPress:
    """The blog at its address, as its administrator sees it."""

    base_url: str
    version: str
    password: str
    pids: tuple[int, ...]

    def new_user(self, role: str = "author") -> RealUser:
        """A user with an application password."""
        name = f"press.office-{os.getpid()}-{next(_users)}"
        made = self.call(
            "POST", "/users", username=name, email=f"{name}@example.test", password="invented-password", roles=[role]
        )
        secret = self.call("POST", f"/users/{made['id']}/application-passwords", name="daemon")
        return RealUser(number=made["id"], name=name, application_password=secret["password"])

    def texts(self, user: RealUser) -> list[str]:
        """The words of all public posts of a user, oldest first."""
        posts = self.call("GET", f"/posts?author={user.number}&context=edit&orderby=id&order=asc&per_page=100")
        return [words_of(post["title"]["raw"], post["content"]["raw"]) for post in posts]

    def pictures(self, user: RealUser) -> list[tuple[str, bytes]]:
        """The description and the bytes of the picture above each public post of a user, as a reader's page has them."""
        posts = json.loads(fetched(f"{self.base_url}/wp-json/wp/v2/posts?author={user.number}&_embed=1"))
        return [
            (_alt_on(fetched(post["link"]).decode()), fetched(medium["source_url"]))
            for post in posts
            for medium in post["_embedded"].get("wp:featuredmedia", [])
        ]

    def call(self, method: str, path: str, **document: Any) -> Any:
        """What the blog says to its administrator."""
        login = base64.b64encode(f"admin:{self.password}".encode()).decode("ascii")
        place = f"{self.base_url}/wp-json/wp/v2{path}"
        return json.loads(fetched(place, document=document or None, method=method, Authorization=f"Basic {login}"))


def install(cache: Path) -> None:
    """Unpack it into `cache` where it is not there yet. Raises NotHere."""
    folder = cache / "wordpress"
    done = folder / "installed"
    if done.exists() and done.read_text("utf-8") == " ".join(_PACKAGES):
        return
    folder.mkdir(parents=True, exist_ok=True)
    root = Debian(folder, server=NAME).unpack(_PACKAGES, needing=(_MARIADB, *_PHP))
    tree = folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    # Parts of it are links into other packages, some of which lead nowhere here.
    shutil.copytree(root / "usr/share/wordpress", tree, ignore_dangling_symlinks=True)
    shutil.rmtree(root / "usr/share/wordpress")
    done.write_text(" ".join(_PACKAGES), "utf-8")


@contextmanager
def running(cache: Path, data: Path) -> Iterator[RealWordPress]:
    """The blog with a database of its own in `data`. Raises NotStarted."""
    folder = cache / "wordpress"
    root, tree = folder / "root", folder / "tree"
    data.mkdir(parents=True)
    shutil.copytree(tree / "wp-content", data / "content")
    shutil.copy(_HERE / "wp-config.php", tree)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        "LD_LIBRARY_PATH": os.pathsep.join(str(found) for found in sorted(root.glob("usr/lib/*-linux-*"))),
        "BLOG_SOCKET": str(data / "s"),
        "BLOG_ADDRESS": address,
        "BLOG_CONTENT": str(data / "content"),
        "PHP_CLI_SERVER_WORKERS": "3",
    }
    with _database(root, data, environment) as database:
        php = _php(root)
        setup = subprocess.run(
            [*php, str(_HERE / "setup.php"), str(tree)],
            env={**os.environ, **environment},
            check=False,
            capture_output=True,
            timeout=60,
        )
        try:
            made = json.loads(setup.stdout)
        except ValueError:
            raise NotStarted(f"WordPress was not set up: {(setup.stderr or setup.stdout)[:500]!r}") from None
        server = [*php, "-S", f"127.0.0.1:{port}", "-t", str(tree), str(_HERE / "router.php")]
        with process(server, folder=data, environment=environment) as web:
            wait_until(lambda: answers(f"{address}/wp-json/"), server=NAME, running=web)
            yield RealWordPress(
                base_url=address, version=made["version"], password=made["password"], pids=(web.pid, database.pid)
            )


@contextmanager
def _database(root: Path, data: Path, environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """MariaDB on a socket in `data` alone, with an empty database."""
    place = [f"--datadir={data / 'database'}", f"--user={getpass.getuser()}"]
    make = [str(root / "usr/bin/mariadb-install-db"), "--no-defaults", f"--basedir={root / 'usr'}", *place]
    subprocess.run(
        [*make, "--auth-root-authentication-method=normal", "--skip-test-db"],
        cwd=data,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        timeout=120,
    )
    start = [
        *(str(root / "usr/sbin/mariadbd"), "--no-defaults", f"--basedir={root / 'usr'}", *place, "--skip-networking"),
        *(f"--socket={data / 's'}", f"--pid-file={data / 'pid'}", "--innodb-flush-log-at-trx-commit=0"),
    ]
    with process(start, folder=data, environment=environment) as database:
        wait_until((data / "s").exists, server="MariaDB", running=database)
        create = 'mysqli_query(mysqli_connect("localhost", "root", "", "", 0, getenv("BLOG_SOCKET")), "CREATE DATABASE blog");'
        subprocess.run(
            [*_php(root), "-r", create], env={**os.environ, **environment}, check=True, capture_output=True, timeout=60
        )
        yield database


def _alt_on(page: str) -> str:
    """How the picture above a post is described to its readers."""
    (image,) = re.findall(r"<img [^>]*wp-post-image[^>]*>", page)
    alt = re.search(r' alt="([^"]*)"', image)
    return html.unescape(alt[1]) if alt else ""


def _php(root: Path) -> list[str]:
    extensions = next((root / "usr/lib/php").glob("2*"))
    loaded = [
        option
        for name in _EXTENSIONS
        if (file := extensions / f"{name}.so").exists()
        for option in ("-d", f"{'zend_extension' if name == 'opcache' else 'extension'}={file}")
    ]
    return [str(root / "usr/bin/php8.2"), "-n", *loaded, "-d", "upload_max_filesize=20M", "-d", "post_max_size=40M"]
