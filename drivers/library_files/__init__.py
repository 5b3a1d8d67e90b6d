"""Library definitions read from files that other programs write."""

from drivers.library_files.definition import (
    CartridgeDefinition,
    DriveDefinition,
    LibraryDefinition,
    Place,
)
from drivers.library_files.mhvtl import read_mhvtl
from drivers.library_files.mtx_status import read_mtx_status

__all__ = [
    "CartridgeDefinition",
    "DriveDefinition",
    "LibraryDefinition",
    "Place",
    "read_mhvtl",
    "read_mtx_status",
]
