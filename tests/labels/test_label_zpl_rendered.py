"""The ZPL drawn by a renderer that is not ours (zpl-renderer-js under Node) and read back.

`npm ci` in tests/labels/zpl_renderer brings it. Without it these tests say so and are skipped, unless
STRONGROOM_TEST_REQUIRE names zpl: then they fail.
"""

import base64
import json
import os
import subprocess
from pathlib import Path

import pytest
from label_readers import framed, from_png, read_by_both
from label_samples import BARCODES, STYLES, THINGS, cartridge, thing

from labels.layout import Layout, Modules
from labels.symbols import Symbology
from labels.writers import label_to_zpl

pytestmark = pytest.mark.zpl
RENDERER = Path(__file__).parent / "zpl_renderer"
# The renderer knows whole dots per millimetre; the label's size is told so that the dots come out right.
SMALL = {"disk", "disk as QR", "seal", "slot"}  # the renderer needs seconds for a large label at 600 dpi
DOTS_PER_MM = {300: 12, 600: 24}


@pytest.fixture(scope="module", autouse=True)
def renderer():
    if (RENDERER / "node_modules").is_dir():
        return
    missing = f"the ZPL renderer is not installed: run 'npm ci' in {RENDERER}"
    if "zpl" in os.environ.get("STRONGROOM_TEST_REQUIRE", "").split(","):
        pytest.fail(missing)
    pytest.skip(missing)


def pictures(layouts: list[Layout], dpi: int):
    scale = dpi / 25.4 / DOTS_PER_MM[dpi]
    jobs = [
        {
            "zpl": label_to_zpl(layout, dpi).decode(),
            "widthMm": layout.width * scale,
            "heightMm": layout.height * scale,
            "dpmm": DOTS_PER_MM[dpi],
        }
        for layout in layouts
    ]
    lines = "".join(json.dumps(job) + "\n" for job in jobs)
    done = subprocess.run(
        ["node", "render.mjs"],
        cwd=RENDERER,
        input=lines,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return [framed(from_png(base64.b64decode(line)), 24) for line in done.stdout.split()]


@pytest.mark.parametrize("dpi", [300, 600])
def test_cartridge_labels_from_a_label_printer_are_read_by_both_readers(dpi):
    wanted = [
        (barcode, cartridge(barcode, style, dpi=dpi))
        for barcode in BARCODES[:: dpi // 300 * 2]
        for style in STYLES[::3]
    ]
    for (barcode, _), image in zip(wanted, pictures([layout for _, layout in wanted], dpi), strict=True):
        assert read_by_both(image) == ({barcode}, {barcode})


@pytest.mark.parametrize("dpi", [300, 600])
def test_all_other_labels_from_a_label_printer_are_read_by_both_readers(dpi):
    layouts = [thing(name, dpi) for name in THINGS if dpi < 600 or name in SMALL]
    for layout, image in zip(layouts, pictures(layouts, dpi), strict=True):
        matrix = any(
            isinstance(e, Modules) and e.symbol.symbology is Symbology.DATA_MATRIX for e in layout.flat()
        )
        assert read_by_both(image, data_matrix=matrix) == ({layout.payload}, {layout.payload})
