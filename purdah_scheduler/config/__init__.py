"""The configuration: one TOML file read into a frozen `Config`, with every fault reported at once."""

from purdah_scheduler.config.example import INVENTED_PEOPLE, example_config
from purdah_scheduler.config.load import load_config, parse_config
from purdah_scheduler.config.records import Config, DaemonSettings, InterfaceSettings
from purdah_scheduler.config.schema import SECTIONS
from purdah_scheduler.config.storage import check_store_url, named_store
from purdah_scheduler.config.whereabouts import acting_person, default_config_path, person_of_login

__all__ = [
    "INVENTED_PEOPLE",
    "SECTIONS",
    "Config",
    "DaemonSettings",
    "InterfaceSettings",
    "acting_person",
    "check_store_url",
    "default_config_path",
    "example_config",
    "load_config",
    "named_store",
    "parse_config",
    "person_of_login",
]
