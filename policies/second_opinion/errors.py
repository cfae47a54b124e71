"""Why there is no second opinion, as sentences for the user."""


class OpinionError(Exception):
    """checkov could not judge, or did not judge all of what it was given; the message is a sentence."""
