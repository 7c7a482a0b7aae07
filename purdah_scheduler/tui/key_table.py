"""The one table of keys, by the screens that have them."""

from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a key does. `keys` as Textual names them, commas between; `words` for the footer, `tooltip` a sentence.

    `before_field`: it is asked before the field that has focus, which would take it otherwise.
    `scopes` name the screens that have it. The keys of `compose` and `app` work while a field has focus: no letter is one.
    """

    id: str
    keys: str
    action: str
    words: str
    tooltip: str
    scopes: tuple[str, ...]
    before_field: bool = False


def _key(binding: str, pressed: str, action: str, words: str, tooltip: str, *scopes: str, before_field: bool = False) -> Key:
    return Key(id=binding, keys=pressed, action=action, words=words, tooltip=tooltip, scopes=scopes, before_field=before_field)


LISTS = ("queue", "post", "review", "calendar", "checklist", "periods", "audit", "accounts", "people", "daemon")
"""Screens whose keys are letters: none of them works while a field has focus."""

COPIED = ("queue", "post", "review", "calendar", "audit")
"""Screens that have something to copy."""

IN_ORDER = ("app", "queue", "post", "review", "checklist", "periods", "audit", "accounts", "people", "daemon")
"""Screens whose keys are done one after the other, however quickly they come: what follows `/` is typed and no command."""

KEYS: tuple[Key, ...] = (
    _key("go.queue", "1", "app.go('queue')", "Queue", "Everything that is queued, due first", *LISTS),
    _key("go.compose", "2", "app.go('compose')", "Compose", "Write a new post", *LISTS),
    _key("go.review", "3", "app.go('review')", "Review", "What waits for your decision", *LISTS),
    _key("go.calendar", "4", "app.go('calendar')", "Calendar", "The month with its pre-election periods", *LISTS),
    _key("go.periods", "5", "app.go('periods')", "Periods", "Every period, and what waits for a second person", *LISTS),
    _key("go.audit", "6", "app.go('audit')", "Audit", "Everything that was done, by whom and when", *LISTS),
    _key("go.accounts", "7", "app.go('accounts')", "Accounts", "Each account: how it is, and what waits behind it", *LISTS),
    _key("go.daemon", "8", "app.go('daemon')", "Daemon", "Who publishes, what waits for a person, and the last day", *LISTS),
    # lists
    _key(
        "list.filter", "slash", "filter", "Filter", "Show only some: names with a colon, and words", "queue", "periods", "audit"
    ),
    _key("list.clear", "escape", "clear", "Clear", "Show what was shown before the filter", "queue", "periods", "audit"),
    _key("go.date", "g", "go_date", "Date", "Move to a date", "queue", "calendar", "periods", "audit"),
    _key("go.now", "t", "go_now", "Now", "Move to the present moment", "queue", "calendar", "periods", "audit"),
    _key("move.up", "up,k", "move(-1)", "Up", "Up", "queue", "checklist", "periods", "audit", "accounts", "people", "daemon"),
    _key(
        "move.down", "down,j", "move(1)", "Down", "Down", "queue", "checklist", "periods", "audit", "accounts", "people", "daemon"
    ),
    _key(
        "move.page_up",
        "pageup",
        "page(-1)",
        "Page up",
        "A page up",
        "queue",
        "post",
        "help",
        "checklist",
        "periods",
        "audit",
        "accounts",
        "people",
        "daemon",
    ),
    _key(
        "move.page_down",
        "pagedown",
        "page(1)",
        "Page down",
        "A page down",
        "queue",
        "post",
        "help",
        "checklist",
        "periods",
        "audit",
        "accounts",
        "people",
        "daemon",
    ),
    _key(
        "move.first",
        "home",
        "first",
        "First",
        "To the first",
        "queue",
        "post",
        "checklist",
        "periods",
        "audit",
        "accounts",
        "people",
        "daemon",
    ),
    _key(
        "move.last", "end", "last", "Last", "To the last", "queue", "post", "checklist", "periods", "audit", "accounts", "daemon"
    ),
    # a post
    _key("post.open", "enter", "open", "Open", "Everything about this post", "queue", "calendar", "checklist", "audit", "daemon"),
    _key("post.new", "n", "new", "New", "Write a new post", "queue", "calendar"),
    _key("post.edit", "e", "edit", "Edit", "Edit the text; a change drops the clearances", "queue", "post", "review"),
    _key(
        "post.as_read",
        "f7",
        "as_read",
        "As read",
        "What readers will see on each account",
        "post",
        "review",
        "compose",
        before_field=True,
    ),
    _key("post.submit", "f2", "submit", "Submit", "Ask for clearance", "queue", "post"),
    _key("post.review", "a", "review", "Review", "Read it and decide", "queue", "post"),
    _key("post.schedule", "s", "schedule", "Schedule", "Queue a cleared post for its time", "queue", "post"),
    _key("post.move", "m", "move_time", "Move", "Give it another time", "queue", "post", "calendar"),
    _key("post.hold", "H", "hold", "Hold", "Hold what is queued, with a reason", "queue", "post"),
    _key("post.release", "r", "release", "Release", "Put what is held back in the queue, if the rules allow", "queue", "post"),
    _key("post.withdraw", "W", "withdraw", "Cancel", "Take the post back wherever nothing has left", "queue", "post"),
    _key("post.by_hand", "b", "by_hand", "By hand", "Take the words of what a person posts by hand now", "post"),
    _key("post.resolve", "R", "resolve", "Resolve", "Say what came of a post whose outcome is unknown", "post"),
    _key("post.break_glass", "B", "break_glass", "Break-glass", "In an emergency: let it out without a clearance", "post"),
    _key("post.review_glass", "G", "review_glass", "Review it", "Say what you found of a break-glass", "post"),
    _key(
        "post.revoke", "X", "revoke", "End exemption", "End an exemption of it or of its campaign: what it lifted holds", "post"
    ),
    _key("post.series", "o", "series", "Series", "Its series; or repeat it by a rule", "queue", "post", "calendar"),
    _key("post.comment", "C", "comment", "Comment", "Say something about it, on the record", "queue", "post", "review"),
    _key("post.duplicate", "d", "duplicate", "Duplicate", "A new draft that says the same", "queue", "post"),
    # files
    _key("post.import", "I", "import_posts", "Import", "Posts out of a file as drafts of yours, after a look at each", "queue"),
    _key("post.export", "E", "export_posts", "Export", "The posts of this list, or others, as a file", "queue"),
    # marks
    _key("list.mark", "space", "mark", "Mark", "Mark this post, and on to the next; verbs act on all marked", "queue"),
    _key("list.mark_all", "A", "mark_all", "Mark all", "Mark every post that the filter shows", "queue"),
    _key("list.unmark", "U", "unmark", "Unmark", "Take every mark away; the filter stays", "queue"),
    # copying
    _key("app.copy", "y", "copy", "Copy", "The words to the clipboard", *COPIED),
    _key("app.copy_report", "Y", "copy_report", "Report", "All that is said of it: to the clipboard or a file", *COPIED),
    # fields
    _key("field.next", "tab", "app.focus_next", "Next field", "The next field", "compose", before_field=True),
    _key("field.previous", "shift+tab", "app.focus_previous", "Field before", "The field before", "compose", before_field=True),
    # compose
    _key("compose.save", "ctrl+s", "save", "Save", "Save this text as a revision", "compose"),
    _key("compose.submit", "f2", "submit", "Submit", "Save it and ask for clearance", "compose"),
    _key("compose.editor", "f4", "editor", "Editor", "Open the text in your own editor", "compose"),
    _key(
        "compose.past",
        "f5",
        "move_past",
        "Move past period",
        "Plan it for the first moment after the period",
        "compose",
        before_field=True,
    ),
    _key(
        "compose.slot",
        "f6",
        "next_slot",
        "Next slot",
        "Plan it for the next free slot of its accounts; again for the one after",
        "compose",
        before_field=True,
    ),
    _key("compose.common", "f9", "common", "Common words", "Give this account the words of every account again", "compose"),
    _key("compose.checks", "f8", "checks", "All checks", "Every check in full", "compose"),
    _key(
        "compose.categories",
        "f3",
        "categories",
        "Kinds of post",
        "What each kind of post means, and how the rules treat it now",
        "compose",
        before_field=True,
    ),
    _key("picture.earlier", "less_than_sign", "move(-1)", "Earlier", "Put this picture before the one before it", "picture"),
    _key("picture.later", "greater_than_sign", "move(1)", "Later", "Put this picture behind the next one", "picture"),
    _key("picture.remove", "D", "take_away", "Take away", "Leave this picture out when the post is saved", "picture", "card"),
    # review
    _key("review.approve", "a", "approve", "Approve", "Approve exactly the text that is shown", "review"),
    _key("review.changes", "c", "changes", "Ask for changes", "Say no, with a reason", "review"),
    _key("review.exempt", "x", "exempt", "Exempt", "Lift a block from this post, with a reason and an end", "review"),
    _key("review.withdraw", "w", "withdraw", "Take back", "Take back your own decision", "review"),
    _key("review.next", "right_square_bracket", "next", "Next", "The next post", "review"),
    _key("review.previous", "left_square_bracket", "previous", "Previous", "The previous post", "review"),
    _key("review.view", "v", "view", "View", "The changes side by side, or one below the other", "review"),
    _key("review.older", "less_than_sign", "version(-1)", "Older", "Compare with the revision before that one", "review"),
    _key("review.newer", "greater_than_sign", "version(1)", "Newer", "Compare with the revision after that one", "review"),
    _key("review.up", "up,k", "scroll_text(-1)", "Up", "Scroll up", "review", "post", "help"),
    _key("review.down", "down,j", "scroll_text(1)", "Down", "Scroll down", "review", "post", "help"),
    # calendar
    _key("calendar.left", "left,h", "day(-1)", "Day back", "The day before", "calendar"),
    _key("calendar.right", "right,l", "day(1)", "Day on", "The day after", "calendar"),
    _key("calendar.up", "up,k", "day(-7)", "Week back", "The week before", "calendar"),
    _key("calendar.down", "down,j", "day(7)", "Week on", "The week after", "calendar"),
    _key(
        "calendar.next",
        "right_square_bracket,pagedown",
        "month(1)",
        "Next",
        "The next month; in the week, the next week",
        "calendar",
    ),
    _key("calendar.previous", "left_square_bracket,pageup", "month(-1)", "Previous", "The month or the week before", "calendar"),
    _key("calendar.next_year", "right_curly_bracket", "month(12)", "Next year", "The next year", "calendar"),
    _key("calendar.previous_year", "left_curly_bracket", "month(-12)", "Previous year", "The previous year", "calendar"),
    _key(
        "calendar.boundary", "full_stop", "boundary(1)", "Next edge", "The next day on which a period starts or ends", "calendar"
    ),
    _key(
        "calendar.boundary_back",
        "comma",
        "boundary(-1)",
        "Edge before",
        "The start or end of a period before this day",
        "calendar",
    ),
    _key("calendar.poll", "p", "poll(1)", "Next poll", "The next polling day that is known", "calendar"),
    _key("calendar.poll_back", "P", "poll(-1)", "Poll before", "The polling day before", "calendar"),
    _key("calendar.explain", "i", "explain", "Explain", "What holds on this day, in full; it scrolls", "calendar"),
    _key("calendar.view", "v", "view", "View", "The month, its week, or the month as a list of lines", "calendar"),
    _key(
        "calendar.what_if",
        "w",
        "what_if",
        "What if",
        "Imagine a period: what would it hold",
        "calendar",
    ),
    _key("calendar.carry", "c", "carry", "Carry", "Carry the marked post to another day; Enter drops it there", "calendar"),
    _key(
        "calendar.let_go", "escape", "let_go", "Let go", "Leave the carried post where it was; end what is imagined", "calendar"
    ),
    _key("calendar.monday", "0", "week_end(0)", "Monday", "Monday of this week", "calendar"),
    _key("calendar.sunday", "dollar_sign", "week_end(6)", "Sunday", "Sunday of this week", "calendar"),
    _key("agenda.up", "up,k", "cursor_up", "Post before", "The post before, in the list of the day", "agenda"),
    _key("agenda.down", "down,j", "cursor_down", "Next post", "The next post, in the list of the day", "agenda"),
    _key("agenda.open", "enter", "select", "Open", "Everything about this post", "agenda"),
    _key("agenda.leave", "escape,left,h", "leave", "Month", "Back to the month", "agenda"),
    _key("listed.up", "up,k", "cursor_up", "Line before", "The line before, in the week or the list", "listed"),
    _key("listed.down", "down,j", "cursor_down", "Next line", "The next line, in the week or the list", "listed"),
    _key("listed.open", "enter", "select", "Open", "Everything about the post, or about the day", "listed"),
    _key("explained.up", "up,k", "scroll_up", "Up", "Scroll up", "explained"),
    _key("explained.down", "down,j", "scroll_down", "Down", "Scroll down", "explained"),
    _key("explained.page_up", "pageup,b", "page_up", "Page up", "A page up", "explained"),
    _key("explained.page_down", "pagedown,space", "page_down", "Page down", "A page down", "explained"),
    _key("explained.leave", "escape,left,h,i", "leave", "Month", "Back to the month", "explained"),
    # first steps
    _key("steps.away", "z", "put_away", "Put away", "Put away the list of what a new department has still to do", "queue"),
    # checklist
    _key(
        "calendar.checklist",
        "f",
        "checklist",
        "Checklist",
        "What is done on the first and last day of the period",
        "calendar",
        "periods",
    ),
    _key("checklist.tick", "space", "tick", "Tick", "Record that it is done, or take that back", "checklist"),
    _key("checklist.note", "n", "note", "Note", "Tick it with a note of what was done", "checklist"),
    _key("checklist.day", "f", "other_day", "Other day", "The list of the first day, or of the last", "checklist"),
    _key("checklist.next", "right_square_bracket", "period(1)", "Next period", "The list of the next period", "checklist"),
    _key("checklist.previous", "left_square_bracket", "period(-1)", "Previous", "The list of the previous period", "checklist"),
    _key(
        "checklist.detail_down",
        "right,l",
        "scroll_detail(3)",
        "Read on",
        "Scroll what is said of it down",
        "checklist",
        "periods",
        "audit",
        "accounts",
        "people",
        "daemon",
    ),
    _key(
        "checklist.detail_up",
        "left,h",
        "scroll_detail(-3)",
        "Read back",
        "Scroll what is said of it up",
        "checklist",
        "periods",
        "audit",
        "accounts",
        "people",
        "daemon",
    ),
    # periods
    _key("period.open", "enter", "open", "Posts", "The posts that the period holds", "periods"),
    _key("period.declare", "n", "declare", "New", "Declare a period, after seeing what it does to each post", "periods"),
    _key("period.what_if", "w", "what_if", "What if", "What a period would do to each post; nothing is written", "periods"),
    _key("period.import", "I", "import_file", "Import", "Periods out of a file, after seeing what they do", "periods"),
    _key("period.confirm", "c", "confirm", "Confirm", "A provisional one is certain; a suppressed one holds again", "periods"),
    _key("period.dates", "e", "dates", "End", "Let it end later or earlier", "periods"),
    _key("period.lift", "L", "lift", "Over", "Record that it is over, where it lasts until somebody does", "periods"),
    _key("period.cancel", "X", "cancel", "Cancel", "The election does not take place", "periods"),
    _key("period.suppress", "S", "suppress", "Suppress", "A period of the product or of a file does not hold here", "periods"),
    _key("period.accept", "a", "accept", "Say yes", "As the second person: yes to the change that waits", "periods"),
    _key("period.refuse", "x", "refuse", "Say no", "No to the change that waits, or take back your own", "periods"),
    _key("period.month", "m", "month", "Month", "The calendar on its first day", "periods"),
    _key(
        "calendar.export",
        "E",
        "export_calendar",
        "Export",
        "The periods, and posts if wanted, as a file for calendar programs",
        "calendar",
        "periods",
    ),
    # audit
    _key("audit.verify", "V", "verify", "Verify", "Whether nothing in the record was changed, added or taken out", "audit"),
    _key("audit.export", "E", "export", "Export", "The record of a post or of a time as a file", "audit"),
    _key("audit.checkpoint", "K", "checkpoint", "Checkpoint", "A line to keep elsewhere: how far the record goes now", "audit"),
    # accounts
    _key("accounts.posts", "enter", "posts", "Posts", "What waits behind this account, in the queue", "accounts"),
    _key("accounts.pause", "P", "pause", "Pause", "Pause this account alone, or let it go on", "accounts"),
    _key("accounts.people", "p", "people", "People", "Who may act; suspend or restore one of them", "accounts"),
    _key("people.suspend", "S", "suspend", "Suspend", "Nothing this person clears or cleared counts until restored", "people"),
    _key("people.restore", "r", "restore", "Restore", "Let a suspended person act again", "people"),
    _key("accounts.check", "T", "check", "Test", "The command that asks the platform how this account is", "accounts"),
    _key("accounts.sign_in", "S", "sign_in", "Sign in", "The command that takes new secrets for this account", "accounts"),
    _key("accounts.reconcile", "R", "reconcile", "Compare", "The command that finds what was not sent from here", "accounts"),
    _key("people.test", "T", "test", "Test", "The command that sends this person a test message", "people"),
    # daemon
    _key("daemon.doctor", "D", "doctor", "Doctor", "Look everything over; nothing is changed", "daemon"),
    _key("daemon.follow", "f", "follow", "Log", "Follow the log of a daemon of this machine, or stop doing so", "daemon"),
    _key("daemon.notices", "N", "notices", "Notices", "Who was told what, by which channel, and what came of it", "daemon"),
    _key("daemon.copy", "y", "copy", "Copy", "How everything stands, to the clipboard", "daemon"),
    # everywhere
    _key(
        "daemon.stop",
        "exclamation_mark",
        "app.stop_or_resume",
        "Stop all",
        "Stop all publishing at once, or let it go on",
        *LISTS,
    ),
    _key(
        "app.back",
        "escape",
        "back",
        "Back",
        "Back one step; nothing is lost",
        "post",
        "review",
        "compose",
        "help",
        "checklist",
        "people",
    ),
    _key("app.undo", "u", "undo", "Undo", "Take back the last thing you did, unless it has left or others acted since", *LISTS),
    _key("app.jump", "ctrl+o", "app.jump", "Jump", "A letter on each field and list: press it to go there", "app"),
    _key("app.tour", "ctrl+t", "app.tour", "Tour", "The guided tour of the demonstration: begin it, skip, leave it", "app"),
    _key("app.palette", "ctrl+p", "app.command_palette", "Commands", "Every action by name", "app"),
    _key("app.help", "question_mark", "app.help_here", "Help", "The keys that work here", *LISTS),
    _key("app.help_field", "f1", "app.help", "Help", "The keys that work here", *LISTS, "compose"),
    _key("app.leave", "q", "app.leave_list", "Quit", "Leave; posts stay queued", *LISTS),
    _key("app.quit", "ctrl+q", "app.leave", "Quit", "Leave from anywhere; drafts are kept", "app"),
)
"""Everything that a key can do. The same letter never means two things in two lists of posts."""
