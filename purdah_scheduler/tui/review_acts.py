"""The decisions of the review: each is asked in a box that repeats what it is about, and given for exactly the digest shown."""

from datetime import datetime

from purdah_scheduler.application import deciding, exempting
from purdah_scheduler.application.proving import Signed
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.domain.statements import Request
from purdah_scheduler.errors import ProductError
from purdah_scheduler.tui.ask_time import AskTime
from purdah_scheduler.tui.copy_keys import CopyKeys
from purdah_scheduler.tui.dialogs import AskText, Confirm, Fact
from purdah_scheduler.tui.review_case import Case, must_be_signed, to_sign
from purdah_scheduler.tui.review_words import words_of
from purdah_scheduler.tui.signing import have_signed
from purdah_scheduler.tui.talking import say_something
from purdah_scheduler.tui.words import state_word


class ReviewActs(CopyKeys):
    """A screen with one post on which a person decides. `case` is that post as it was shown, `read_whole` whether to its end."""

    def __init__(self) -> None:
        super().__init__()
        self.case: Case | None = None
        self.read_whole = False

    def possible(self, action: str) -> bool | None:
        """Nothing is approved before its whole text has been on the screen."""
        case = self.case
        match action:
            case "approve":
                return True if case is not None and case.stage and self.read_whole else None
            case "changes":
                return True if case is not None and case.no_stage else None
            case "exempt":
                return True if case is not None and case.may_exempt else None
            case "withdraw":
                return True if case is not None and case.standing is not None else None
            case "edit" | "comment":
                return True if case is not None else None
            case _:
                return super().possible(action)

    def post_here(self) -> int | None:
        """The post that is read."""
        return self.case.view.post.id if self.case is not None else None

    def why_not(self, action: str) -> str:
        """What the person, or the post, lacks for it."""
        case = self.case
        if case is None:
            return "Nothing waits for your decision here."
        match action:
            case "approve" if case.stage:
                return "Read to the end of the text first: ↓ or PgDn."
            case "approve":
                return case.why_not
            case "changes":
                return f"You have no stage on which to say no. {case.why_not}"
            case "withdraw":
                return "You have given no decision on these words that stands, so there is none to take back."
            case _:
                return case.why_no_exemption

    def refused(self, fault: ProductError) -> None:
        """Whatever stood in the way, the post is read again: what is on the screen may no longer be so."""
        super().refused(fault)
        self.refresh_data()

    def action_approve(self) -> None:
        """Approve exactly what is shown; a flag is signed off with a reason."""
        case = self.case
        if case is None or not case.stage:
            return
        if case.stage == SIGN_OFF:
            box = AskText(
                f"Sign off the flag of post {case.view.post.id}",
                "Why may it go out? The reason stands in the record.",
                text=words_of(case.view),
                lines=[
                    *(("For", about) for about in to_sign(case.view, case.person)),
                    *(("Flag", finding.reason) for finding in case.view.sign_off_needed),
                ],
            )
            self.app.push_screen(box, lambda reason: self._confirm_yes(case, reason) if reason is not None else None)
        else:
            self._confirm_yes(case, "")

    def action_changes(self) -> None:
        """Say no, with the reason that its author reads."""
        case = self.case
        if case is None or not case.no_stage:
            return
        post, stage = case.view.post.id, case.no_stage

        def confirm(reason: str | None) -> None:
            if reason is not None:
                box = Confirm(
                    f"Ask for changes to post {post}?",
                    text=words_of(case.view),
                    lines=[*self._facts(case, stage), ("Reason", reason)],
                    verb="Say no to this revision",
                )
                self._ask(box, case, stage, Choice.REJECT, reason, f"You asked for changes to post {post}.")

        box = AskText(
            f"Ask for changes to post {post}",
            "What must change? Its author reads this.",
            text=words_of(case.view),
            lines=self._facts(case, stage),
        )
        self.app.push_screen(box, confirm)

    def action_withdraw(self) -> None:
        """Take back one's own decision, or another's no."""
        case = self.case
        if case is None or case.standing is None:
            return
        given, post = case.standing, case.view.post.id
        whose = "your" if given.person == case.person.id else f"{given.person}'s"
        what = f"{whose} {'approval' if given.choice is Choice.APPROVE else 'no'}"
        box = Confirm(
            f"Take back {what} of post {post}?",
            text=words_of(case.view),
            lines=[*self._facts(case, given.stage), ("Given", format_local(given.at, self.product.office.house.zone))],
            verb=f"Take back {what}",
        )
        self._ask(box, case, given.stage, Choice.WITHDRAW, "", f"You took back {what} of post {post}.")

    def action_exempt(self) -> None:
        """Lift the block from this digest of this post: a reason, an end, and a yes."""
        case = self.case
        if case is None or not case.may_exempt:
            return
        post, office = case.view.post.id, self.product.office
        findings = [finding for finding in case.view.findings if finding.exemptible and not finding.lifted]
        blocks: list[Fact] = [("Blocked", finding.reason) for finding in findings]

        def until(reason: str | None) -> None:
            if reason is not None:
                box = AskTime(
                    f"Until when is post {post} exempt?",
                    zone=office.house.zone,
                    now=office.now,
                    text=words_of(case.view),
                    lines=[("Reason", reason)],
                )
                self.app.push_screen(box, lambda at: self._confirm_exempt(case, reason, at) if at is not None else None)

        box = AskText(
            f"Exempt post {post} from the pre-election period",
            "Why must it go out? At least 10 characters; the reason stands in the record.",
            text=words_of(case.view),
            lines=blocks[:2],
            at_least=10,
        )
        self.app.push_screen(box, until)

    def action_comment(self) -> None:
        """Say something about it."""
        if self.case is not None:
            say_something(self, self.case.view.post.id, words_of(self.case.view))

    def action_edit(self) -> None:
        """Open the text in compose."""
        if self.case is not None:
            self.product.compose_post(self.case.view.post.id)

    def _confirm_yes(self, case: Case, reason: str) -> None:
        view = case.view
        verb = "Sign off" if case.stage == SIGN_OFF else "Approve"
        box = Confirm(
            f"{verb} revision {view.revision.number} of post {view.post.id}?",
            text=words_of(view),
            lines=[
                *self._facts(case, case.stage),
                *([("For", "; ".join(to_sign(view, case.person)))] if case.stage == SIGN_OFF else []),
                *([("Reason", reason)] if reason else []),
                ("Then", case.outcome),
            ],
            verb=f"{verb} {view.code}",
        )
        self._ask(box, case, case.stage, Choice.APPROVE, reason, f"Post {view.post.id}, {view.code}: your approval is recorded.")

    def _confirm_exempt(self, case: Case, reason: str, at: datetime) -> None:
        office, actor, post = self.product.office, self.product.actor, case.view.post.id
        end = format_local(at, office.house.zone)
        box = Confirm(
            f"Exempt post {post} until {end}?",
            text=words_of(case.view),
            lines=[*self._facts(case, ""), ("Reason", reason), ("Until", end)],
            verb=f"Exempt {case.view.code}",
        )

        def grant(yes: bool | None) -> None:
            if yes:
                self.call(
                    lambda: exempting.grant_exemption(
                        office, actor, post, until=at, reason=reason, typed_digest=case.view.digest
                    ),
                    f"Post {post} is exempt until {end}. It still needs its clearances and a time.",
                )

        self.app.push_screen(box, grant)

    def _ask(self, box: Confirm, case: Case, stage: str, choice: Choice, reason: str, done: str) -> None:
        """Decide after a `y`, for the digest that was on the screen and no other."""
        office, actor, post, code = self.product.office, self.product.actor, case.view.post.id, case.view.digest

        def say(state: PostState) -> str:
            return f"{done} It is now: {state_word(state).word}."

        def decide(signed: Signed | None) -> None:
            self.call(
                lambda: deciding.decide(
                    office, actor, post, stage=stage, choice=choice, typed_digest=code, reason=reason, signed=signed
                ),
                say,
            )

        def request() -> Request:
            return deciding.request(office, actor, post, stage=stage, choice=choice, typed_digest=code, reason=reason)

        def decided(yes: bool | None) -> None:
            if yes and must_be_signed(office.house, case, stage, choice):
                lines = self._facts(case, stage)
                self.call(request, then=lambda asked: have_signed(self.product, asked, lines, decide))
            elif yes:
                decide(None)

        self.app.push_screen(box, decided)

    def _facts(self, case: Case, stage: str) -> list[Fact]:
        view, house, person = case.view, self.product.office.house, case.person
        due = next((entry.delivery.due_at for entry in view.accounts if entry.delivery is not None), view.post.planned_at)
        step = house.stage(stage)
        role = step.label if step is not None else ("sign-off" if stage == SIGN_OFF else "")
        return [
            ("To", ", ".join(entry.account for entry in view.accounts)),
            ("Due", format_local(due, house.zone) if due is not None else "no time yet"),
            ("Text", f"{view.code}, revision {view.revision.number} by {view.revision.author}"),
            ("You", f"{person.name}, for: {role}" if role else person.name),
        ]
