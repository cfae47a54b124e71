"""The words a product is found by, made alike for what is stored and what is asked."""

import re
import unicodedata

MAX_QUERY_WORDS = 8

_WORD = re.compile(r"[^\W_]+")


def words_of(*texts: str) -> list[str]:
    """Distinct words in lower case and without accents, sorted."""
    plain = unicodedata.normalize("NFKD", " ".join(texts).casefold())
    return sorted(set(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))))


def prefixes_of(query: str) -> list[str]:
    """Anchored patterns, all of which a product must match: an anchored pattern can use the index on `words`."""
    # Words are letters and digits only, so there is nothing to escape in a pattern.
    return [f"^{word}" for word in words_of(query)[:MAX_QUERY_WORDS]]
