"""Every verdict that packs nothing has its sentence."""

from service.scanning.pack_refusals import REFUSALS
from service.scanning.rules import PackVerdict


def test_every_verdict_that_packs_nothing_has_its_sentence():
    assert set(REFUSALS) == set(PackVerdict) - {PackVerdict.PACK, PackVerdict.SCAN_OUT, PackVerdict.MISSING}
