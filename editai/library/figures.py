"""What posts and channels brought, by the day: rows of the local database, kept beside the posts that they are of.

A post that is published is followed from then on, and so is its channel, until the post is unlinked or deleted, or the
profile is. What is `Followed` is due when its figures may be asked for again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from editai.library.database import Database
from editai.models import DayFigure, Followed, Post


class Figures:
    """The rows of all figures. What belongs to another profile is not found."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def profiles_due(self, until: str) -> Sequence[str]:
        """The profiles with something whose figures may be asked for by `until` (UTC, ISO 8601)."""
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT profile_id FROM editai_followed INDEXED BY editai_followed_due WHERE due <= ? "
                "GROUP BY profile_id ORDER BY min(due)",
                (until,),
            ).fetchall()
        return tuple(row["profile_id"] for row in found)

    def due(self, profile_id: str, until: str, limit: int) -> Sequence[Followed]:
        """What of the profile may be asked for by `until` (UTC, ISO 8601), the longest waiting first."""
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT f.id, f.profile_id, f.post_id, f.channel_id, f.server, p.remote_id, p.publish_at, "
                "(SELECT max(day) FROM editai_figures WHERE followed_id = f.id) AS last_day "
                "FROM editai_followed f LEFT JOIN editai_posts p ON p.profile_id = f.profile_id AND p.id = f.post_id "
                "WHERE f.profile_id = ? AND f.due <= ? ORDER BY f.due LIMIT ?",
                (profile_id, until, limit),
            ).fetchall()
        return tuple(Followed.model_validate(dict(row)) for row in found)

    def keep(self, followed: Followed, figures: Iterable[DayFigure], due: str) -> None:
        """Keep figures, each in the place of an earlier one of its day, and when they may be asked for again.

        What was deleted or unlinked meanwhile is passed over.
        """
        with self._database.transaction() as rows:
            found = rows.execute(
                "UPDATE editai_followed SET due = ? WHERE id = ? AND profile_id = ?",
                (due, followed.id, followed.profile_id),
            )
            if found.rowcount:
                rows.executemany(
                    "INSERT OR REPLACE INTO editai_figures (followed_id, label, day, total) VALUES (?, ?, ?, ?)",
                    [(followed.id, item.label, item.day, item.total) for item in figures],
                )

    def put_off(self, followed: Iterable[Followed], due: str) -> None:
        """Ask for these again then, not before."""
        with self._database.transaction() as rows:
            rows.executemany("UPDATE editai_followed SET due = ? WHERE id = ?", [(due, item.id) for item in followed])

    def put_off_due(self, profile_id: str, until: str, due: str) -> None:
        """Ask for everything of the profile that may be asked for by `until` then, not before."""
        with self._database.transaction() as rows:
            rows.execute(
                "UPDATE editai_followed SET due = ? WHERE profile_id = ? AND due <= ?", (due, profile_id, until)
            )

    def of_posts(self, profile_id: str, since: str) -> dict[str, tuple[DayFigure, ...]]:
        """The figures of the profile's posts that went out from `since` (UTC, ISO 8601) on, by post, in the order of
        their days."""
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT p.id AS of, g.label, g.day, g.total FROM editai_posts p INDEXED BY editai_posts_by_time "
                "JOIN editai_followed f ON f.profile_id = p.profile_id AND f.post_id = p.id "
                "JOIN editai_figures g ON g.followed_id = f.id "
                "WHERE p.profile_id = ? AND p.publish_at >= ? ORDER BY g.day, g.label",
                (profile_id, since),
            ).fetchall()
        return _grouped(found)

    def of_channels(self, profile_id: str, since_day: str) -> dict[str, tuple[DayFigure, ...]]:
        """The figures of the profile's channels from a day ("2027-02-01") on, by channel."""
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT f.channel_id AS of, g.label, g.day, g.total FROM editai_followed f "
                "INDEXED BY editai_followed_channels JOIN editai_figures g ON g.followed_id = f.id "
                "WHERE f.profile_id = ? AND f.post_id IS NULL AND g.day >= ? ORDER BY g.day, g.label",
                (profile_id, since_day),
            ).fetchall()
        return _grouped(found)


def follow(rows: sqlite3.Connection, post: Post) -> None:
    """See to it that a published post and its channel are followed, and that an unlinked one is not."""
    if post.unlinked:
        rows.execute("DELETE FROM editai_followed WHERE profile_id = ? AND post_id = ?", (post.profile_id, post.id))
    elif post.state == "published" and post.remote_id is not None:
        for post_id in (post.id, None):
            rows.execute(
                "INSERT OR IGNORE INTO editai_followed (profile_id, post_id, channel_id, server, due) "
                "VALUES (?, ?, ?, ?, ?)",
                (post.profile_id, post_id, post.channel.id, post.server, post.updated_at),
            )


def _grouped(found: Iterable[sqlite3.Row]) -> dict[str, tuple[DayFigure, ...]]:
    groups: dict[str, list[DayFigure]] = {}
    for row in found:
        figure = DayFigure(label=row["label"], day=row["day"], total=row["total"])
        groups.setdefault(row["of"], []).append(figure)
    return {of: tuple(figures) for of, figures in groups.items()}
