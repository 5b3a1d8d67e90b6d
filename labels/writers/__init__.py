from labels.writers.calibration import calibration_to_pdf
from labels.writers.pdf import labels_to_pdf
from labels.writers.svg import label_to_svg
from labels.writers.zpl import label_to_zpl

__all__ = ["calibration_to_pdf", "label_to_svg", "label_to_zpl", "labels_to_pdf"]
