"""The auth database: `users`, `sessions` (one document a signed-in device), `signing_keys`."""

from datetime import datetime

from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from app.shared.mongo import Database, Document


class UserRepository:
    """Accounts: `_id`, `email` (unique, lower case), `password_hash`, `role`, `created_at`."""

    def __init__(self, database: Database) -> None:
        self._users = database["users"]

    async def prepare(self) -> None:
        """Make the indexes; safe to repeat."""
        await self._users.create_index([("email", ASCENDING)], name="email", unique=True)

    async def add(self, user: Document) -> bool:
        """Store a new account; False when the e-mail is taken."""
        try:
            await self._users.insert_one(user)
        except DuplicateKeyError:
            return False
        return True

    async def by_email(self, email: str) -> Document | None:
        """The account with this e-mail."""
        return await self._users.find_one({"email": email})

    async def by_id(self, user_id: str) -> Document | None:
        """The account with this id."""
        return await self._users.find_one({"_id": user_id})

    async def update(self, user_id: str, changes: Document) -> None:
        """Set fields of an account."""
        await self._users.update_one({"_id": user_id}, {"$set": changes})


class SessionRepository:
    """Refresh token families: `_id` and `current` are hashes of the token's halves; `user_id`, `expires_at` (TTL)."""

    def __init__(self, database: Database) -> None:
        self._sessions = database["sessions"]

    async def prepare(self) -> None:
        """Make the indexes; safe to repeat."""
        await self._sessions.create_index([("expires_at", ASCENDING)], name="expiry", expireAfterSeconds=0)
        await self._sessions.create_index([("user_id", ASCENDING)], name="user")

    async def add(self, session: Document) -> None:
        """Store a new family."""
        await self._sessions.insert_one(session)

    async def rotate(self, family: str, current: str, following: str, now: datetime) -> Document | None:
        """Replace the family's one valid token, in one atomic step; None unless `current` was it."""
        return await self._sessions.find_one_and_update(
            {"_id": family, "current": current, "expires_at": {"$gt": now}},
            {"$set": {"current": following, "rotated_at": now}},
            return_document=ReturnDocument.AFTER,
        )

    async def remove(self, family: str) -> Document | None:
        """End a family; what it was, or None."""
        return await self._sessions.find_one_and_delete({"_id": family})

    async def remove_all_of(self, user_id: str) -> None:
        """End every family of an account."""
        await self._sessions.delete_many({"user_id": user_id})


class KeyRepository:
    """Signing keys: `_id` is the generation, so that only one replica can make each; `sealed` is encrypted."""

    def __init__(self, database: Database) -> None:
        self._keys = database["signing_keys"]

    async def all(self) -> list[Document]:
        """Every key, oldest first."""
        return await self._keys.find().sort("_id", ASCENDING).to_list()

    async def add(self, generation: int, kid: str, signs_from: datetime, sealed: bytes) -> bool:
        """Store a key; False when another replica made this generation first."""
        try:
            await self._keys.insert_one({"_id": generation, "kid": kid, "signs_from": signs_from, "sealed": sealed})
        except DuplicateKeyError:
            return False
        return True

    async def remove(self, generation: int) -> None:
        """Withdraw a key; removing it twice is fine."""
        await self._keys.delete_one({"_id": generation})
