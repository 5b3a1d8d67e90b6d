"""A database that cannot be written for a while."""

from service.errors import WriterStoppedError


class DatabaseAway:
    """A writer that cannot commit for a while, as after the failover of a server."""

    def __init__(self, writer, failures):
        self._writer, self.left = writer, failures

    def __getattr__(self, name):
        return getattr(self._writer, name)

    def run(self, actor, work):
        if self.left > 0:
            self.left -= 1
            raise WriterStoppedError("the database did not commit (OperationalError)")
        return self._writer.run(actor, work)
