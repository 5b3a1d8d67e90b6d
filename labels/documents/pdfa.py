"""PDF/A-3b: what reportlab leaves out and what it writes too much; the facts embedded as an associated file."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from io import BytesIO

import pikepdf
from pikepdf import Array, AttachedFileSpec, Dictionary, Name, Pdf, Stream

PRODUCER = "Strongroom"
OUTPUT_CONDITION = "sRGB IEC61966-2.1"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One associated file. `relationship` as in ISO 32000-2, table 43: Data, Source, Supplement …"""

    name: str
    content: bytes
    media_type: str = "application/json"
    relationship: str = "Data"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    title: str
    author: str
    subject: str
    language: str
    made_at: datetime


def archived(drawn: bytes, description: Description, attachments: tuple[Attachment, ...]) -> bytes:
    """The same input gives the same bytes."""
    with pikepdf.open(BytesIO(drawn)) as pdf:
        for page in pdf.pages:
            # An empty transition dictionary is harmless on a screen and forbidden in an archive.
            if Name.Trans in page.obj:
                del page.obj[Name.Trans]
        _describe(pdf, description)
        _output_intent(pdf)
        pdf.Root.Lang = pikepdf.String(description.language)
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        if Name.PageMode in pdf.Root:
            del pdf.Root[Name.PageMode]
        _attach(pdf, attachments, description.made_at)
        out = BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _describe(pdf: Pdf, description: Description) -> None:
    moment = description.made_at.astimezone(UTC).replace(microsecond=0)
    info = {
        "/Title": description.title,
        "/Author": description.author,
        "/Subject": description.subject,
        "/Creator": PRODUCER,
        "/Producer": PRODUCER,
        "/CreationDate": f"D:{moment:%Y%m%d%H%M%S}Z",
        "/ModDate": f"D:{moment:%Y%m%d%H%M%S}Z",
    }
    for key in list(pdf.docinfo.keys()):
        del pdf.docinfo[key]
    for key, value in info.items():
        pdf.docinfo[key] = pikepdf.String(value)
    stamp = moment.isoformat().replace("+00:00", "Z")
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
        meta["dc:title"] = description.title
        meta["dc:creator"] = [description.author]
        meta["dc:description"] = description.subject
        meta["dc:language"] = [description.language]
        meta["xmp:CreatorTool"] = PRODUCER
        meta["xmp:CreateDate"] = stamp
        meta["xmp:ModifyDate"] = stamp
        meta["xmp:MetadataDate"] = stamp
        meta["pdf:Producer"] = PRODUCER
        meta["pdfaid:part"] = "3"
        meta["pdfaid:conformance"] = "B"


def _output_intent(pdf: Pdf) -> None:
    profile = Stream(pdf, files("labels.documents").joinpath("srgb.icc").read_bytes())
    profile.N = 3
    profile.Alternate = Name.DeviceRGB
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=pikepdf.String(OUTPUT_CONDITION),
        Info=pikepdf.String(OUTPUT_CONDITION),
        DestOutputProfile=pdf.make_indirect(profile),
    )
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


def _attach(pdf: Pdf, attachments: tuple[Attachment, ...], made_at: datetime) -> None:
    moment = f"D:{made_at.astimezone(UTC):%Y%m%d%H%M%S}Z"
    associated = []
    for attachment in attachments:
        spec = AttachedFileSpec(
            pdf,
            attachment.content,
            description=attachment.description,
            filename=attachment.name,
            mime_type=attachment.media_type,
            creation_date=moment,
            mod_date=moment,
        )
        spec.relationship = Name(f"/{attachment.relationship}")
        pdf.attachments[attachment.name] = spec
        associated.append(pdf.attachments[attachment.name].obj)
    pdf.Root.AF = Array(associated)
