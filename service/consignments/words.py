"""How counts and places are said."""

_MANY = {
    "medium": "media", "container": "containers", "seal": "seals", "discrepancy": "discrepancies",
}  # fmt: skip


def counted(number: int, noun: str) -> str:
    """1 medium, 14 media."""
    return f"{number:,} {noun if number == 1 else _MANY[noun]}"


def place_of(party: str, path: str) -> str:
    """Vault vendor, Vault 2, Shelf B-04."""
    return f"{party}, {', '.join(path.split(' › '))}"
