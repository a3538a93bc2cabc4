"""What the local database notes for the mirror: which rows the owner's Supabase project does not have as they are now.

Triggers write the notes, in the transaction of the change itself and in whatever process it happens: no writer can
forget it, and a note and its change are there together or not at all. Rows of the owner `local` are never noted.

`mirror` has a row for every row that is to be in the project, or was and is to be deleted there. `number` is the change
that was not carried yet, NULL where there is none; `base` is the row as both sides last agreed, `version` the project's
number of that state, `error` why the project refused this change for good.

While a transaction writes what came from the project, `mirror_fetching` has a row, and nothing is noted.
`posts_elsewhere` holds posts of the owner's other machines: they are shown, and no courier of this machine reads them.
"""

from __future__ import annotations

NOW = "strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')"
"""As `database.now` writes it."""
NEXT = "(SELECT coalesce(max(number), 0) + 1 FROM mirror)"
NOTED = f"DO UPDATE SET number = {NEXT}, since = coalesce(since, {NOW}), error = NULL"
"""A later change is the same note with the next number."""
OF_POST = "'$.updated_at', '$.not_before', '$.asked'"
"""What changes in a post each time that its server is asked, and says nothing new."""


def _note(name: str, when: str, kind: str, ids: str, owner: str, condition: str) -> str:
    """A trigger that notes a row which was inserted or changed; `ids` are its own, its store's and its parent's,
    `owner` is a query for whose it is."""
    return f"""CREATE TRIGGER {name} AFTER {when} WHEN {condition} BEGIN
        INSERT INTO mirror (kind, row_id, profile_id, parent_id, owner_id, number, since)
            SELECT '{kind}', {ids}, owner_id, {NEXT}, {NOW} FROM ({owner})
            WHERE owner_id IS NOT NULL AND owner_id <> 'local'
            ON CONFLICT (kind, row_id) {NOTED};
    END"""  # noqa: S608 constants only


def _note_deletion(kind: str, row_id: str) -> str:
    """A trigger that notes a row which was deleted: whose it was is known, for its store may be gone already."""
    return f"""CREATE TRIGGER mirror_{kind}_deleted AFTER DELETE ON {kind} WHEN {HERE} BEGIN
        UPDATE mirror SET number = {NEXT}, since = coalesce(since, {NOW}), error = NULL
            WHERE kind = '{kind}' AND row_id = {row_id};
    END"""  # noqa: S608 constants only


HERE = "NOT EXISTS (SELECT 1 FROM mirror_fetching)"
STORES_OWNER = "SELECT owner_id FROM profiles WHERE id = NEW.profile_id"
COSTS_OWNER = (
    f"SELECT coalesce(({STORES_OWNER}), "  # noqa: S608 constants only
    "(SELECT owner_id FROM mirror WHERE kind = 'api_costs' AND row_id = NEW.id)) AS owner_id"
)
JOBS_OWNER = "SELECT json_extract(NEW.data, '$.profile.owner_id') AS owner_id"
CHANGES_STATE = "NEW.state IS NOT OLD.state"
SAYS_NEW = f"json_remove(OLD.data, {OF_POST}) IS NOT json_remove(NEW.data, {OF_POST})"


def _notes(kind: str, owner: str, ids: str, change: str = "", condition: str = HERE) -> tuple[str, ...]:
    changed = f"{condition} AND {change}" if change else condition
    return (
        _note(f"mirror_{kind}_added", f"INSERT ON {kind}", kind, ids, owner, condition),
        _note(f"mirror_{kind}_changed", f"UPDATE ON {kind}", kind, ids, owner, changed),
    )


STATEMENTS = (
    """CREATE TABLE mirror (
        kind TEXT NOT NULL,
        row_id TEXT NOT NULL,
        owner_id TEXT NOT NULL,
        profile_id TEXT,
        parent_id TEXT,
        number INTEGER,
        since TEXT,
        base TEXT,
        version INTEGER,
        error TEXT,
        PRIMARY KEY (kind, row_id)
    )""",
    "CREATE INDEX mirror_waiting ON mirror (owner_id, number) WHERE number IS NOT NULL",
    "CREATE INDEX mirror_numbers ON mirror (number)",
    "CREATE INDEX mirror_of_profile ON mirror (profile_id)",
    "CREATE INDEX mirror_of_parent ON mirror (parent_id) WHERE parent_id IS NOT NULL",
    # How far each owner's project was read: `epoch` is which project, `version` its number. `unread`: something of it
    # could not be read by this EditAI.
    """CREATE TABLE mirror_read (
        owner_id TEXT PRIMARY KEY,
        epoch TEXT,
        version INTEGER NOT NULL,
        unread INTEGER NOT NULL
    )""",
    "CREATE TABLE mirror_said (id INTEGER PRIMARY KEY, owner_id TEXT NOT NULL, at TEXT NOT NULL, said TEXT NOT NULL)",
    "CREATE INDEX mirror_said_to ON mirror_said (owner_id)",
    "CREATE TABLE mirror_fetching (id INTEGER PRIMARY KEY)",
    """CREATE TABLE posts_elsewhere (
        id TEXT PRIMARY KEY,
        profile_id TEXT NOT NULL,
        clip_id TEXT NOT NULL,
        remote_id TEXT,
        created_at TEXT NOT NULL,
        data TEXT NOT NULL,
        FOREIGN KEY (profile_id, clip_id) REFERENCES editai_clips (profile_id, id) ON DELETE CASCADE
    )""",
    "CREATE INDEX posts_elsewhere_of_profile ON posts_elsewhere (profile_id, created_at)",
    "CREATE INDEX posts_elsewhere_of_clip ON posts_elsewhere (profile_id, clip_id, created_at)",
    "CREATE INDEX posts_elsewhere_remote ON posts_elsewhere (remote_id) WHERE remote_id IS NOT NULL",
    *_notes("profiles", "SELECT NEW.owner_id AS owner_id", "NEW.id, NEW.id, NULL"),
    *_notes("secrets", STORES_OWNER, "NEW.profile_id || '/' || NEW.name, NEW.profile_id, NULL"),
    *_notes("editai_projects", STORES_OWNER, "NEW.id, NEW.profile_id, NULL"),
    *_notes("editai_clips", STORES_OWNER, "NEW.id, NEW.profile_id, NEW.project_id"),
    *_notes("editai_posts", STORES_OWNER, "NEW.id, NEW.profile_id, NEW.clip_id", SAYS_NEW),
    *_notes("api_costs", COSTS_OWNER, "NEW.id, NEW.profile_id, NULL", CHANGES_STATE),
    # Jobs of other machines are never written here, so what becomes of one is always this machine's own word.
    *_notes("jobs", JOBS_OWNER, "NEW.id, NEW.profile_id, NULL", CHANGES_STATE, "NEW.id IS NOT NULL"),
    _note_deletion("profiles", "OLD.id"),
    _note_deletion("secrets", "OLD.profile_id || '/' || OLD.name"),
    _note_deletion("editai_projects", "OLD.id"),
    _note_deletion("editai_clips", "OLD.id"),
    _note_deletion("editai_posts", "OLD.id"),
)
"""A step of `database.STEPS`; once released, neither this nor what it is made of changes."""
