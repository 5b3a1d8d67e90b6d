"""A simulated library of the data folder as an iSCSI target, for programs and kernels outside."""

from pathlib import Path

from drivers.errors import BackendUnavailableError
from drivers.registry import SIMULATOR, open_target, prepare_simulator
from service.devices.demo_media import demo_definition
from service.devices.first_library import NAME
from service.devices.library_files import read_path
from service.devices.setup import SIMULATORS, simulator_url
from service.errors import StartError


def simulated_library(data_dir: Path, folder: Path | None, file: Path | None) -> str:
    """The URL of the library to serve; where none is yet it is made, from the file or as the demonstration's."""
    url = f"{SIMULATOR}://{folder.absolute()}" if folder is not None else _only_one(data_dir)
    try:
        prepare_simulator(url, read_path(file) if file is not None else demo_definition())
    except BackendUnavailableError as error:
        raise StartError(f"The library cannot be made: {error}.") from error
    return url


def _only_one(data_dir: Path) -> str:
    """The one library of the data folder, or the place for the first."""
    found = sorted(path for path in (data_dir / SIMULATORS).glob("*") if path.is_dir())
    if len(found) > 1:
        raise StartError(
            f"There are {len(found)} simulated libraries: {', '.join(map(str, found))}.",
            next_step="Name one of these folders.",
        )
    return f"{SIMULATOR}://{found[0].absolute()}" if found else simulator_url(data_dir, NAME)


class Serving:
    """A target that listens already; `until_interrupted` answers initiators."""

    def __init__(
        self, url: str, portal: str, *, name: str | None, advertised: str | None, chap_file: Path | None
    ) -> None:
        try:
            self._target = open_target(
                url,
                portal,
                name=name,
                advertised=advertised,
                chap_file=str(chap_file) if chap_file is not None else None,
            )
        except BackendUnavailableError as error:
            raise StartError(f"The library cannot be served: {error}.") from error

    @property
    def sentence(self) -> str:
        return f"{self._target.name} at {self._target.portal}"

    def until_interrupted(self) -> None:
        try:
            self._target.serve_forever()
        finally:
            self._target.close()
