"""The examination from end to end: what cannot be opened is told, and the rest is looked at all the same."""

import platform
from pathlib import Path

import purdah_scheduler
from purdah_scheduler import bootstrap
from purdah_scheduler.application.office import Office
from purdah_scheduler.checkup import house, queue
from purdah_scheduler.checkup.lines import Level, Line, fine, refused
from purdah_scheduler.config import Config
from purdah_scheduler.errors import ProductError


def examine(config_path: Path | None, *, thorough: bool = False) -> tuple[Line, ...]:
    """Look everything over without changing anything; `thorough` reads every page, digest and attachment too."""
    version = fine("version", f"purdah-scheduler {purdah_scheduler.__version__} on Python {platform.python_version()}")
    try:
        config = bootstrap.read_config(config_path)
    except ProductError as fault:
        return version, refused("configuration", fault)
    lines = [version, fine("configuration", f"{config.path} is sound."), house.stop_line(bootstrap.stop_file(config))]
    lines += house.figures(config)
    try:
        bootstrap.make_house(config)
    except ProductError as fault:
        lines.append(refused("calendar files", fault))
        return (*lines, *house.credentials(config), *house.addresses(config))
    try:
        office = bootstrap.open_office(config)
    except ProductError as fault:
        return (*lines, refused("queue", fault), *queue.room(config), *house.credentials(config), *house.addresses(config))
    try:
        lines += _with_office(config, office, thorough=thorough)
    finally:
        office.store.close()
    return tuple(lines)


def _with_office(config: Config, office: Office, *, thorough: bool) -> list[Line]:
    """Everything that needs the queue; a fault of the queue ends that part alone."""
    lines: list[Line] = []
    try:
        lines += queue.store(config, office, thorough=thorough)
        lines += queue.room(config)
        lines += queue.home(config, office)
        lines += queue.clock(office)
        lines += queue.daemon(office)
        lines += queue.waiting(office)
    except ProductError as fault:
        if not any(line.name == "queue" and line.level is Level.BAD for line in lines):  # its damage is said once
            lines.append(refused("queue", fault))
    lines.append(house.kernel_time())
    lines += house.credentials(config)
    lines += house.addresses(config)
    try:
        lines += house.accounts(office)
        lines += house.decisions(office)
        lines += house.calendar(office)
    except ProductError as fault:
        lines.append(refused("calendar", fault))
    return lines
