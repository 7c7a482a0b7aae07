"""The keys for what people alone can know: posting by hand, and what became of a post whose outcome is unknown."""

from purdah_scheduler.application import by_hand, scheduling
from purdah_scheduler.tui.clipboard import copy_out
from purdah_scheduler.tui.dialogs import AskText, Confirm, Fact
from purdah_scheduler.tui.offers import Chosen
from purdah_scheduler.tui.verbs import PostVerbs


class SettlingVerbs(PostVerbs):
    """A screen with one post, account by account."""

    def action_by_hand(self) -> None:
        """Take the words to post them by hand, after a `y`; the gate is asked then, and the address afterwards."""
        chosen = self.chosen()
        if chosen is None or not chosen.by_hand_on:
            return
        office, actor, post, account = self.product.office, self.product.actor, chosen.post, chosen.by_hand_on[0]
        lines: list[Fact] = [("Account", account), *self._facts(chosen)[1:], ("You", actor.person.name)]
        self._confirm(
            Confirm(f"Post {post} by hand on {account} now?", text=chosen.text, lines=lines, verb="Take the words"),
            lambda: self.call(
                lambda: by_hand.take(office, actor, post, account=account), then=lambda taken: self._given(chosen, taken)
            ),
        )

    def action_resolve(self) -> None:
        """Say what came of it, after looking at the account."""
        chosen = self.chosen()
        if chosen is None or not chosen.unknown_on:
            return
        account, post = chosen.unknown_on[0], chosen.post
        facts: list[Fact] = [("Account", account), *self._facts(chosen)[1:]]
        box = AskText(
            f"What came of post {post} on {account}?",
            "Look at the account. Paste the address of the post if it is there; type  no  if it is not.",
            text=chosen.text,
            lines=facts,
            hint="If it was not published it is put on hold, and never sent again by itself.",
        )
        self.app.push_screen(box, lambda said: self._confirm_resolve(chosen, account, said) if said is not None else None)

    def _given(self, chosen: Chosen, taken: by_hand.InHand) -> None:
        """The words are the person's now: to the clipboard with them, and the address is asked for."""
        text, account = taken.outgoing.text, taken.account.id
        copy_out(self, text, f"The words of post {chosen.post}")
        lines: list[Fact] = [("Account", f"{account}, {taken.account.handle}")]
        if taken.outgoing.card is not None:
            lines.append(("Card", taken.outgoing.card.words))
        if taken.outgoing.files:
            lines.append(("Pictures", f"purdah-scheduler post by-hand {chosen.post} --account {account} --pictures FOLDER"))
        box = AskText(
            f"Post exactly this on {taken.account.handle}",
            "Then paste its address here; type  no  if you did not post it.",
            text=text,
            lines=lines,
            hint="They are on their way to your clipboard: see what you paste. Esc: say it later with R.",
        )
        self.app.push_screen(box, lambda said: self._confirm_resolve(chosen, account, said) if said is not None else None)

    def _confirm_resolve(self, chosen: Chosen, account: str, said: str) -> None:
        office, actor, post = self.product.office, self.product.actor, chosen.post
        gone = said.casefold().strip(" .\"'") in ("no", "n", "not published")
        title = f"Record that post {post} was {'NOT published' if gone else 'published'} on {account}?"
        lines: list[Fact] = [("Account", account), *([] if gone else [("Address", said)])]

        def settle() -> None:
            self.call(
                lambda: scheduling.resolve(
                    office, actor, post, published_url="" if gone else said, not_published=gone, account=account
                ),
                f"Post {post} is on hold on {account}: choose a new time or cancel it."
                if gone
                else f"Post {post} is recorded as published on {account}.",
            )

        self._confirm(Confirm(title, text=chosen.text, lines=lines, verb="Record it"), settle)
