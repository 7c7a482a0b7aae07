"""The key of the series: what was made together with a post, or a rule by which it is made again."""

from purdah_scheduler.tui.copy_keys import CopyKeys


class SeriesKey(CopyKeys):
    """A screen with a post that keys act on. A subclass says which one it is (`chosen`)."""

    def action_series(self) -> None:
        """Its series, or the rule of a new one."""
        from purdah_scheduler.tui.series import ask_series  # its boxes are loaded when they are first wanted

        chosen = self.chosen()
        if chosen is not None:
            ask_series(self, chosen)
