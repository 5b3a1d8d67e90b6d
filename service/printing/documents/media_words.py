"""What media are called on paper."""

from service.media.models import MediaType
from service.printing.documents.wording import Wording, mark

TYPES = {
    MediaType.LTO.value: mark("LTO"),
    MediaType.CLEANING.value: mark("cleaning cartridge"),
    MediaType.DIAGNOSTIC.value: mark("diagnostic cartridge"),
    MediaType.DISK.value: mark("disk"),
}


def type_word(media_type: str, generation: str, words: Wording) -> str:
    """“LTO-8” where the label tells the generation, else the type alone."""
    return generation or words.text(TYPES[media_type])
