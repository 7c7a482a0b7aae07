"""Content warning, visibility, language and reply: shown where a channel has them, or where the post has one already."""

from collections.abc import Sequence
from dataclasses import replace

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Select

from purdah_scheduler.application.channel_ports import Settings
from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.tui.compose_fields import Field, Row, Tight
from purdah_scheduler.tui.compose_form import Form
from purdah_scheduler.tui.plain import choice

_PLAIN = Form()
_TYPED = ("content_warning", "lang", "reply_to")
_MEANS = {
    "public": "everyone",
    "unlisted": "everyone, but on no public list",
    "private": "followers alone",
    "direct": "those who are mentioned",
}


class SettingsBox(Vertical):
    """A row for each setting. `Changed` tells that any of them did."""

    class Changed(Message):
        """A setting was typed or chosen."""

    def __init__(self) -> None:
        super().__init__(id="settings")
        self.given = _PLAIN
        self.visibilities: tuple[str, ...] = (_PLAIN.visibility,)

    def compose(self) -> ComposeResult:
        """Each in a row of its own, so that what no channel has leaves no gap."""
        warning = Field(id="content_warning", placeholder="(shown before the text, which it hides)")
        yield Tight("Warning", warning, id="row-content_warning")
        choices = _choices(self.visibilities)
        seen_by: Select[str] = Select(choices, value=_PLAIN.visibility, allow_blank=False, compact=True, id="visibility")
        yield Tight("Seen by", seen_by, id="row-visibility")
        yield Tight("Language", Field(id="lang", placeholder="(such as en or cy)"), id="row-lang")
        answered = Field(id="reply_to", placeholder="(the id or address of the post that it answers)")
        yield Row("Reply to", answered, id="row-reply_to")

    def show(self, form: Form, channels: Sequence[Settings]) -> None:
        """Put the settings of a form into the fields, and show those that any of the channels has, or that the form has."""
        self.given = form
        with self.prevent(Input.Changed, Select.Changed):
            for name in _TYPED:
                field = self.query_one(f"#{name}", Field)
                if field.value != getattr(form, name):
                    field.value = getattr(form, name)
            known = dict.fromkeys(one for settings in channels for one in settings.visibilities)
            offered = tuple(dict.fromkeys((*(known or (_PLAIN.visibility,)), form.visibility)))
            chooser = self.query_one("#visibility", Select)
            if offered != self.visibilities:
                self.visibilities = offered
                chooser.set_options(_choices(offered))
            chooser.value = form.visibility
        wanted = {
            "content_warning": any(one.content_warning for one in channels) or form.content_warning != _PLAIN.content_warning,
            "visibility": any(one.visibilities for one in channels) or form.visibility != _PLAIN.visibility,
            "lang": any(one.language for one in channels) or form.lang != _PLAIN.lang,
            "reply_to": any(one.reply for one in channels) or form.reply_to != _PLAIN.reply_to,
        }
        for name, is_wanted in wanted.items():
            self.query_one(f"#row-{name}", Row).display = is_wanted

    def into(self, form: Form) -> Form:
        """The form with the settings that stand here; one that nobody touched is as it was, whatever is hidden in it."""
        return replace(
            form,
            content_warning=self._typed("content_warning", self.given.content_warning),
            visibility=str(self.query_one("#visibility", Select).value),
            lang=self._typed("lang", self.given.lang),
            reply_to=self._typed("reply_to", self.given.reply_to),
        )

    def _typed(self, name: str, given: str) -> str:
        value = self.query_one(f"#{name}", Field).value
        return given if value == reveal(given, keep_newlines=False) else value

    def on_input_changed(self, event: Input.Changed) -> None:
        """A field was typed into."""
        event.stop()
        self.post_message(self.Changed())

    def on_select_changed(self, event: Select.Changed) -> None:
        """Another visibility."""
        event.stop()
        self.post_message(self.Changed())


def _choices(visibilities: Sequence[str]) -> list[tuple[Text, str]]:
    return [(choice(f"{one}: {_MEANS[one]}" if one in _MEANS else one), one) for one in visibilities]
