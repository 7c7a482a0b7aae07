"""The commented configuration that `init` writes: complete, and ready to use as it stands."""

_TEXT = """\
# The configuration of purdah-scheduler. Every setting is here; those that begin with # show what holds without them.
# After a change: purdah-scheduler config check
# Keep the file so that only you can change it (chmod go-w): whoever writes it chooses who clears what.

[department]
name = @DEPARTMENT@

[store]
# The posts, their clearances and the record of everything. Relative names start from the folder of this file.
path = "purdah.db"
# For a team on several machines: a database on a PostgreSQL server, instead of path. Never a password (see the operator's page).
# # url = "postgresql://asha@db.example/purdah?sslmode=verify-full"

[time]
# Times you type and see are in this zone.
# zone = "Europe/London"

[calendar]
# Your own periods, beside the UK's. A pattern may match nothing.
# files = ["calendar.d/*.toml"]
# false leaves out the UK elections that come with the product; then nothing but your own files holds a post.
# shipped = true
# What `calendar import --from-web` asks: Every Election, or a mirror of it on a network that lets nothing out.
# every_election_url = "https://elections.democracyclub.org.uk"

[daemon]
# heartbeat_seconds = 5.0       # 0.1 to 60: how often it shows that it is alive
# max_lateness_minutes = 15     # 1 to 1440: a post later than this is not sent; a person chooses a new time
# lease_seconds = 90            # 1 to 3600, at least three heartbeats: how long a claim outlives a daemon that died
# workers = 100                 # 1 to 128: accounts that are served side by side
# retry_first_seconds = 5       # 0.1 to 600: the wait before the first retry of what was certainly not sent
# retry_max_minutes = 5         # 0.1 to 1440: the longest wait between two tries
# look_up_apart_seconds = 60    # 60 to 3600: between the two looks that it takes to believe that a post is not there
# metrics_port = 0              # 1 to 65535: figures for Prometheus at that port of this machine alone (extra: metrics); 0: none

[interface]
# theme = "purdah-dark"         # or "purdah-light", "high-contrast"
# mouse = true
# accessible = false            # plain lines for a screen reader

[keymap]
# The help of the interface (F1) lists the ids of its keys. Several keys are written with a comma between them:
# "post.new" = "n,ctrl+n"

# --- who clears a post --------------------------------------------------------------------------------------------
# Stages are given in this order, each by people who wrote no revision of the post, and nobody counts on two.

[clearance]
# Who gives the second yes to a flagged post, and who may lift a block, with a reason.
# sign_off_role = "propriety"
# exemption_role = "propriety"
# Whether a stop is undone by another person than the one who stopped; without it, where a stage asks for more than "claimed".
# resume_needs_second = false
# How surely they must be known: "claimed" (recorded, not verified), "authenticated" (a login of their own at a PostgreSQL
# server) or "signed" (with their SSH key; sign-offs alone). An answer is the second yes to a change of the calendar, and the
# yes to going on after a stop.
# sign_off_assurance = "claimed"
# exemption_assurance = "claimed"
# answer_assurance = "claimed"

# Other roles for the accounts of single bodies; a post on accounts of two bodies needs the yes of each.
# [clearance.sign_off]
# local-authority = "approver"
# [clearance.exemption]
# local-authority = "approver"

[[clearance.stage]]
id = "approval"
label = "Approval"
role = "approver"
# people = 1                    # 1 to 10: how many different people
# min_assurance = "claimed"     # how surely they must be known; or "authenticated", "signed"
# accounts = []                 # only posts to these accounts; none named: every post
# categories = []               # only posts of these categories; none named: every post
# marks = []                    # only posts with one of these: names_politician, partisan, joint_uk, touches_referendum, campaign
# when = "always"               # "inside": only while a period is in force for the post; "outside": only while none is
# regimes = ["strict"]          # which periods those are, by the regimes below under "rules of your own"
# # expires_after = "7d"          # how long a clearance of it counts (m, h, d); none: for as long as the text stays
# # expires_inside = "24h"        # the same inside such a period; never longer than outside

# --- in an emergency ----------------------------------------------------------------------------------------------
# With break-glass a person with the role duty, who wrote none of a post, may let it out without named stages: everybody is told
# before it goes, and it is UNREVIEWED until somebody else has reviewed it. No sign-off, block or stop is ever skipped.

[break_glass]
# enabled = false
# most_in_24_hours = 2          # 1 to 20

# --- people -------------------------------------------------------------------------------------------------------
# roles: author, approver, propriety, publisher, operator, duty, viewer. Nobody clears what they wrote.
# os_users: the login names that stand for this person. Who has some acts only from those; anybody can be named with
# --as where there are none, which the record calls "claimed".

[[person]]
id = "asha"
name = "Asha Rowntree"
roles = ["author"]
# os_users = ["arowntree"]
# notify = ["press-room"]       # the channels that tell her; none: she is told nothing
# notify_kinds = ["held", "missed", "failed", "unknown"]    # without it, every kind

# [[person.key]]
# # A key that she signs with: the line of its .pub file. Days are whole ones; a key that is revoked counts for nothing.
# key = "ssh-ed25519 AAAAC3Nz... asha@laptop"
# valid_from = 2026-01-01
# valid_to = 2026-12-31
# revoked = false

[[person]]
id = "bede"
name = "Bede Calloway"
roles = ["author", "approver"]

[[person]]
id = "carys"
name = "Carys Penhallow"
roles = ["approver", "propriety"]

[[person]]
id = "dougal"
name = "Dougal Strand"
roles = ["publisher", "operator"]

# --- telling people -----------------------------------------------------------------------------------------------
[notify]
# Nobody is told anything without a channel here and its id under `notify` of a person.
# credentials = "notify.toml"   # the file with the addresses for Apprise: channel-id = "mailto://…", a line each (chmod 600)
# quiet_from = "19:00"          # local hours in which nobody is told; they may go over midnight
# quiet_to = "07:30"
# digest_at = "08:00"           # what waits and what goes out, once a day, with the checkpoint of the record

# [[notify.channel]]
# id = "press-room"
# kind = "command"              # a program of your own; or "apprise": email, Teams, Slack and the rest (extra: notify)
# program = "/usr/local/bin/tell-press-room"
# arguments = ["--quietly"]     # fixed; the message comes as JSON on standard input

# --- how long words about people are kept -------------------------------------------------------------------------
# Off: nothing is due until your own schedule says so, and nothing is ever erased by itself, only by `audit erase --due`.
# A text for your schedule: "The names, reasons and comments behind a post are kept for seven years after it was published, and
# for one year where it was not; then they are erased, unless a request holds them. What was published, when, and that it was
# cleared, is kept with the official record."

[retention]
# personal_days = 0             # 0 to 36500: after the last entry of a post that was published; 0: never
# unsent_days = 0               # 0 to 36500: after the last entry of one of which nothing became public; 0: as personal_days

# --- scheduling ---------------------------------------------------------------------------------------------------
# What people are warned of before a post is saved or scheduled; nothing is stopped by it.

[scheduling]
# same_text_days = 30           # 0 to 366: the same or nearly the same words on one account, so long before and after; 0: never
# close_minutes = 15            # 0 to 1440: another post of the account that is nearer than this; 0: never
# gap_days = 0                  # 0 to 366: the calendar shows where an account has no post for so many days; 0: never

# --- rules of your own --------------------------------------------------------------------------------------------
# A rule may be made stricter freely, and laxer only with a reason (10 characters at least) that is shown wherever the verdict
# is. Never laxer: the referendum ban, and content of parties and politicians.
# regime: none, strict, care, care-territorial, other-government, publicity, referendum, area, freeze.

# [rules]
# [[rules.change]]
# category = "event"
# regime = "care"
# verdict = "block"             # allow, flag or block
# reason = "We hold no public events before any poll"

# --- accounts -----------------------------------------------------------------------------------------------------
# kind: department, leader, alb, partner, local-authority, nhs.
# body: uk-civil-service, alb, nhs-national, nhs-local, local-authority, scottish-gov, welsh-gov, ni-departments, opcc.
# nation (of the audience): UK, England, Scotland, Wales, NI.

[[account]]
# The outbox writes each post into a dated file beside the store: nothing leaves this machine.
id = "outbox"
channel = "outbox"
handle = "outbox"
kind = "department"
body = "uk-civil-service"
# nation = "UK"
# area = ""                     # the council, force or constituency, for periods that hold in one place
# max_lateness_minutes = 15     # 1 to 1440; instead of the daemon's
# slots = []                    # the times of the week at which it posts, UK time: ["Mon-Fri 09:00 15:30", "Sat 10:30"]

# [[account]]
# # X, by the OAuth 1.0a tokens of the account. The file of credentials holds consumer_key, consumer_secret, access_token
# # and access_token_secret (or, for OAuth 2.0, client_id and refresh_token); only the daemon reads it, and it must be
# # readable by its owner alone (chmod 600).
# id = "x-main"
# channel = "x"
# handle = "@YourDepartment"
# kind = "department"
# body = "uk-civil-service"
# credentials = "x-main.toml"
# base_url = "https://..."      # instead of X's own address: a gateway, or a test server (http on this machine alone)
# threads = false               # true: texts of several parts go out as threads; each part is a post, and may cost a write
# replies = "everyone"          # who may reply: everyone, following, mentioned, subscribers, verified

# [[account]]
# # Bluesky, by an app password of the account. The file of credentials holds app_password.
# id = "bluesky-main"
# channel = "bluesky"
# handle = "yourdepartment.gov.uk"
# kind = "department"
# body = "uk-civil-service"
# credentials = "bluesky-main.toml"
# base_url = "https://..."      # the server that keeps the account, where it is not bsky.social

# [[account]]
# # Mastodon, by an access token of the account (scopes read and write). The file of credentials holds access_token.
# id = "mastodon-main"
# channel = "mastodon"
# handle = "yourdepartment@social.example.gov.uk"
# base_url = "https://social.example.gov.uk"
# kind = "department"
# body = "uk-civil-service"
# credentials = "mastodon-main.toml"

# [[account]]
# # A blog on WordPress, by an application password. The file of credentials holds application_password.
# id = "blog"
# channel = "wordpress"
# handle = "press.office"       # the user's login name
# base_url = "https://blog.example.gov.uk"
# kind = "department"
# body = "uk-civil-service"
# credentials = "blog.toml"
# categories = ["News"]         # of the blog, by name; without it posts go where the blog puts them by itself

# [[account]]
# # A Facebook Page, by a token of the Page. Experimental. The file of credentials holds page_token.
# id = "facebook-page"
# channel = "facebook"
# handle = "104729104729104"    # the number of the Page
# kind = "department"
# body = "uk-civil-service"
# credentials = "facebook-page.toml"

# [[account]]
# # An account that a person posts on by hand: manual-facebook, manual-linkedin, manual-threads, or manual for anything else.
# # At its time people are told; `post by-hand` gives the words if the gate still says yes. Late by two hours is missed.
# id = "page"
# channel = "manual-linkedin"
# handle = "Your Department"
# kind = "department"
# body = "uk-civil-service"
"""


INVENTED_PEOPLE = frozenset({"Asha Rowntree", "Bede Calloway", "Carys Penhallow", "Dougal Strand"})
"""The names of the people in it: whoever still has one of them has not named their own."""


def example_config(department: str) -> str:
    """The text for a department of this name; characters that cannot be shown are left out of it."""
    shown = "".join(character if character.isprintable() else " " for character in department)
    name = " ".join(shown.split())[:200] or "Your department"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return _TEXT.replace("@DEPARTMENT@", f'"{escaped}"')
