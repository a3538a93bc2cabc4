"""The Store of an owner's Supabase project: rows that every machine of the owner has, kept apart by the database.

It belongs to one signed-in session. Workers have none: what they work with is on their own machine.
"""

from __future__ import annotations

from collections.abc import Callable

from editai.library.supabase_costs import SupabaseCosts
from editai.library.supabase_products import SupabaseProducts
from editai.library.supabase_profiles import SupabaseProfiles
from editai.library.supabase_session import Session
from editai.models import Clip


class SupabaseStore(SupabaseProfiles, SupabaseProducts, SupabaseCosts):
    """`store.Store` for whoever signed in; `placed` gives a clip the folder of its files.

    Asked for another owner it raises NotSignedIn 401 `signed_out`. Everything may raise what the way to the project
    brings with it (see `supabase_faults`): NotSignedIn 401, TooLarge 413, RateLimited 429, Unavailable 503, NoAnswer
    504.
    """

    def __init__(self, session: Session, placed: Callable[[Clip], Clip]) -> None:
        self.owner_id = session.user_id
        self._session = session
        self._placed = placed
