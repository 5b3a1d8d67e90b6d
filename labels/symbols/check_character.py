"""ISO 7064 MOD 37,36: one check character over 0-9 and A-Z; finds every single wrong character and swapped neighbour."""

from labels.errors import CheckCharacterError, UnencodableTextError

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MODULUS = 36


def check_character(text: str) -> str:
    """Hyphens are for the eye and do not count."""
    product = MODULUS
    for character in _counted(text):
        total = (product + ALPHABET.index(character)) % MODULUS or MODULUS
        product = total * 2 % (MODULUS + 1)
    return ALPHABET[(MODULUS + 1 - product) % MODULUS]


def with_check(text: str) -> str:
    return f"{text}-{check_character(text)}"


def without_check(text: str) -> str:
    """What `with_check` was given. Raises CheckCharacterError when the last character is wrong."""
    body, _, given = text.rpartition("-")
    if not body or given != check_character(body):
        raise CheckCharacterError(text, check_character(body or text))
    return body


def _counted(text: str) -> str:
    counted = text.replace("-", "")
    if not counted or any(character not in ALPHABET for character in counted):
        raise UnencodableTextError(text, "the check character")
    return counted
