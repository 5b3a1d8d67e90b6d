"""Strongroom's device drivers: tape libraries, tape drives and a virtual library.

Usable on its own from a shell (`python -m drivers`); knows nothing of `service` or `labels`.
Open a device by URL with `drivers.registry`.
"""
