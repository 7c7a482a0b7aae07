"""The channels of a daemon's accounts, each opened once, and anew after a refusal or a change of the configuration."""

from purdah_scheduler import bootstrap
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.office import Office
from purdah_scheduler.config import Config
from purdah_scheduler.daemon.timekeeping import ClockWatch
from purdah_scheduler.domain.people import Account


class Channels:
    """The channels that are open; what was refused or belongs to an old configuration is opened anew."""

    def __init__(self, config: Config, office: Office, watch: ClockWatch) -> None:
        self._config, self._clock, self._watch = config, office.clock, watch
        self.forget()

    def forget(self, config: Config | None = None) -> None:
        """Open every channel anew from now on, with credentials read again."""
        self._config = config or self._config
        self._open = bootstrap.channel_opener(self._config, self._clock, hear=self._watch.hear)

    def __call__(self, account: Account) -> Channel:
        return self._open(account)
