"""The interface behind a web server, for a test alone: `python -m tests.tui.served CONFIG PERSON [PORT]`.

With a port it is the server, which starts the program without one for each page. The product is never served so: nobody signs
in there.
"""

import shlex
import sys
from pathlib import Path

from purdah_scheduler import bootstrap


def serve(config: str, person: str, port: int) -> None:
    """Serve the interface on this machine until it is told to end."""
    from textual_serve.server import Server

    command = shlex.join([sys.executable, "-m", "tests.tui.served", config, person])
    Server(command, host="127.0.0.1", port=port).serve()


def show(path: str, person: str) -> None:
    """The interface itself, drawn for whoever started it."""
    from purdah_scheduler.tui.app import PurdahApp

    config = bootstrap.read_config(Path(path))
    office = bootstrap.open_office(config)
    try:
        PurdahApp(office, config, bootstrap.make_actor(config, office.store, person, face="tui")).run()
    finally:
        office.store.close()


if __name__ == "__main__":
    if len(sys.argv) > 3:
        serve(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    else:
        show(sys.argv[1], sys.argv[2])
