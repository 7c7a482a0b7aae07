"""The names of every section and key of the configuration: what is not here is refused."""

from collections.abc import Mapping

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "department": ("name",),
    "store": ("path", "url"),
    "time": ("zone",),
    "calendar": ("files", "shipped", "every_election_url"),
    "daemon": (
        "heartbeat_seconds",
        "max_lateness_minutes",
        "lease_seconds",
        "workers",
        "retry_first_seconds",
        "retry_max_minutes",
        "look_up_apart_seconds",
        "metrics_port",
    ),
    "notify": ("credentials", "quiet_from", "quiet_to", "digest_at", "channel"),
    "notify.channel": ("id", "kind", "program", "arguments"),
    "interface": ("theme", "mouse", "accessible"),
    "keymap": (),
    "clearance": (
        "sign_off_role",
        "exemption_role",
        "resume_needs_second",
        "sign_off_assurance",
        "exemption_assurance",
        "answer_assurance",
        "sign_off",
        "exemption",
        "stage",
    ),
    "clearance.sign_off": (),
    "clearance.exemption": (),
    "clearance.stage": (
        "id",
        "label",
        "role",
        "people",
        "min_assurance",
        "accounts",
        "categories",
        "marks",
        "when",
        "regimes",
        "expires_after",
        "expires_inside",
    ),
    "break_glass": ("enabled", "most_in_24_hours"),
    "retention": ("personal_days", "unsent_days"),
    "scheduling": ("same_text_days", "close_minutes", "gap_days"),
    "rules": ("change",),
    "rules.change": ("category", "regime", "verdict", "reason"),
    "person": ("id", "name", "roles", "os_users", "notify", "notify_kinds", "key"),
    "person.key": ("key", "valid_from", "valid_to", "revoked"),
    "account": (
        "id",
        "channel",
        "handle",
        "kind",
        "body",
        "nation",
        "area",
        "base_url",
        "threads",
        "slots",
        "replies",
        "categories",
        "credentials",
        "max_lateness_minutes",
    ),
}
"""Section -> its keys. Three have no fixed ones: the keys of `keymap` are ids of bindings, those of `clearance.sign_off` and
`clearance.exemption` are bodies."""

REPEATED = frozenset({"person", "person.key", "account", "clearance.stage", "notify.channel", "rules.change"})
"""Sections that are written once for each entry, as `[[person]]`."""

TOP_LEVEL = tuple(name for name in SECTIONS if "." not in name)

THEMES = ("purdah-dark", "purdah-light", "high-contrast")
"""The themes of the interface, the default first."""
