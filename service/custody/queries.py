"""Open discrepancies, transfers and the evidence behind them."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from service.custody.models import Discrepancy, Evidence, Transfer
from service.errors import NotFoundError


def discrepancies(
    session: Session,
    *,
    open_only: bool = True,
    consignment_id: str | None = None,
    run_id: str | None = None,
    medium_id: str | None = None,
    after: str | None = None,
    limit: int = 100,
) -> list[Discrepancy]:
    """Newest first; `after` continues below a discrepancy_id."""
    query = select(Discrepancy)
    if open_only:
        query = query.where(col(Discrepancy.resolved_at).is_(None))
    for column, value in (
        (Discrepancy.consignment_id, consignment_id),
        (Discrepancy.run_id, run_id),
        (Discrepancy.medium_id, medium_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if after is not None:
        query = query.where(col(Discrepancy.discrepancy_id) < after)
    return list(session.exec(query.order_by(col(Discrepancy.discrepancy_id).desc()).limit(limit)))


def count_open(session: Session) -> int:
    return session.exec(
        select(func.count()).select_from(Discrepancy).where(col(Discrepancy.resolved_at).is_(None))
    ).one()


def discrepancy(session: Session, number: str) -> Discrepancy:
    found = session.exec(select(Discrepancy).where(Discrepancy.number == number)).one_or_none()
    if found is None:
        raise NotFoundError("discrepancy", number)
    return found


def transfers_of(session: Session, consignment_id: str) -> list[Transfer]:
    return list(
        session.exec(
            select(Transfer).where(Transfer.consignment_id == consignment_id).order_by(col(Transfer.ordinal))
        )
    )


def drawing(session: Session, sha256: str) -> str:
    """SVG path data of a drawn signature, empty when there is none."""
    found = session.exec(select(Evidence).where(Evidence.sha256 == sha256).limit(1)).first()
    return found.content.decode() if found is not None else ""
