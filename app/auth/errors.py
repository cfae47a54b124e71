"""What can go wrong in auth."""

from app.shared.errors import ApiError, BadRequest, Conflict


class EmailTaken(Conflict):
    """An account with this e-mail exists."""

    slug, title = "email-taken", "E-mail is taken"


class WrongCredentials(ApiError):
    """E-mail and password do not belong together; which of the two is wrong is not said."""

    status, slug, title = 401, "wrong-credentials", "Wrong e-mail or password"


class InvalidRefreshToken(ApiError):
    """The refresh token is unknown, expired, used before, or signed out. Sign in again."""

    status, slug, title = 401, "invalid-refresh-token", "Sign in again"


class InvalidClient(ApiError):
    """The client is unknown or its secret is wrong."""

    status, slug, title = 401, "invalid-client", "Invalid client"


class InvalidGrant(BadRequest):
    """Only `client_credentials` for one of the shop's services is granted here."""

    slug, title = "invalid-grant", "Grant not possible"
