"""The table that every bench prints into."""


def row(what: str, figure: str, more: str = "", ratio: str = "") -> None:
    print(f"{what:<38}{figure:>14}  {more:<22}{ratio}", flush=True)
