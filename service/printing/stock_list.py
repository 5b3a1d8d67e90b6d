"""The stocks, with how cartridge labels come out on each."""

from labels.designs import cartridge_stocks
from labels.stock import stocks
from service.printing.schemas import StockList, StockShape


def stock_list(dpi: int | None = None) -> StockList:
    fits = cartridge_stocks(dpi)
    return StockList(
        items=[
            StockShape.of(one, fits[name].in_specification if name in fits else None)
            for name, one in stocks().items()
        ]
    )
