"""Threads that each stand at one post, a library or a printer, and the crew that keeps one for every post there is."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, Protocol, Self, TypeVar

import structlog
from sqlalchemy.engine import Connection

from service.devices.duty import Timing
from service.errors import WriterStoppedError
from service.runtime import Runtime

log = structlog.get_logger(__name__)


class Named(Protocol):
    @property
    def name(self) -> str: ...


PostT = TypeVar("PostT", bound=Named)


class PostedWorker(ABC, Generic[PostT]):
    """One thread at one post; what it opens is used in that thread alone."""

    def __init__(self, runtime: Runtime, post: PostT, timing: Timing) -> None:
        self.post, self.timing = post, timing
        self._runtime = runtime
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"worker-{post.name}", daemon=True)

    @abstractmethod
    def turn(self) -> float:
        """One job, or a look around; how long to rest after it, in seconds."""

    @abstractmethod
    def leave(self) -> None:
        """Close what is open: at the end, and after a turn that failed."""

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ask it to end; `join` waits. What is under way is left to the next start, which looks where things are."""
        self.stopping.set()

    def join(self, timeout_s: float) -> bool:
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        """Nothing but the end of the program ends it: a database that was away is asked again."""
        pause = 0.0
        while not self.stopping.wait(pause):
            try:
                pause = self.turn()
            except WriterStoppedError:
                if not self._runtime.writer.alive:
                    break
                log.warning("worker_waits", worker=self.post.name, reason="nothing can be written")
                pause = self.timing.retry_s
            except Exception as error:  # worker boundary: it goes on with the next turn
                log.exception("worker_failed", worker=self.post.name, error=repr(error))
                self.leave()
                pause = self.timing.retry_s
        log.info("worker_ends", worker=self.post.name)
        self.leave()


class Crew(Generic[PostT]):
    """Keeps a worker at every post that `posts` finds, also at those added or switched off later."""

    def __init__(
        self,
        runtime: Runtime,
        timing: Timing,
        posts: Callable[[Connection], set[PostT]],
        hire: Callable[[PostT], PostedWorker[PostT]],
    ) -> None:
        self._runtime, self._timing, self._posts, self._hire = runtime, timing, posts, hire
        self._stopping = threading.Event()
        self._workers: dict[PostT, PostedWorker[PostT]] = {}
        self._thread = threading.Thread(target=self._run, name="crew", daemon=True)

    def start(self) -> Self:
        self._thread.start()
        return self

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._muster()
            except Exception as error:  # worker boundary: whoever is there works on, and is mustered again
                log.exception("crew_not_mustered", error=repr(error))
            self._stopping.wait(self._timing.poll_s)

    def _muster(self) -> None:
        with self._runtime.database.reader.connect() as connection:
            wanted = self._posts(connection)
        for post in wanted - self._workers.keys():
            self._workers[post] = self._hire(post).start()
        for post in self._workers.keys() - wanted:
            self._workers[post].stop()
        self._workers = {
            post: worker for post, worker in self._workers.items() if post in wanted or worker.alive
        }

    def stop(self) -> None:
        """Within `stop_s`: what is still under way then is found by the next start."""
        self._stopping.set()
        self._thread.join(self._timing.stop_s)
        workers = list(self._workers.values())
        for worker in workers:
            worker.stop()
        for worker in workers:
            if not worker.join(self._timing.stop_s):
                log.warning("worker_left", worker=worker.post.name, reason="something is under way")
