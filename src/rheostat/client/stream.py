"""The stream of events, over the API: goes on by itself where it broke off."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from rheostat.client.connection import Connection
from rheostat.errors import Broken, Transient
from rheostat.wire.stream import BeatFrame, HistoryFrame, JobFrame, ResetFrame

SILENCE_S = 25.0
"""The server beats every 10 s: after so long without a word the connection is dead."""
PAUSE_S = (0.5, 1.0, 2.0, 5.0)
"""Before each new connection; the last one for ever."""
Frame = HistoryFrame | JobFrame | BeatFrame | ResetFrame
KINDS: dict[str, type[Frame]] = {
    "history": HistoryFrame,
    "job": JobFrame,
    "beat": BeatFrame,
    "reset": ResetFrame,
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How to bear a server that is away."""

    tell_blind: Callable[[Transient], None] = lambda err: None
    """Called each time that the stream breaks off."""
    sleep: Callable[[float], None] = time.sleep


class Streams:
    """What can be listened to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def events(
        self,
        project: str,
        job: str | None = None,
        *,
        after: int | None = None,
        patience: Patience | None = None,
    ) -> Iterator[Frame]:
        """Yield what happens in a project, or to one job, for ever; the iterator may be dropped any time.

        Behind event id `after`, or from now on. A connection that breaks is made again and resumes, so
        that no history is missed and none comes twice; `ResetFrame` says that it could not be so: read
        anew. Raises whatever the server refuses with.
        """
        patience = patience or Patience()
        failures = 0
        while True:
            try:
                for id_, frame in self._once(project, job, after):
                    after = after if id_ is None else id_
                    failures = 0
                    yield frame
            except Transient as err:
                patience.tell_blind(err)
            patience.sleep(PAUSE_S[min(failures, len(PAUSE_S) - 1)])
            failures += 1

    def _once(
        self, project: str, job: str | None, after: int | None
    ) -> Iterator[tuple[int | None, Frame]]:
        query = {"project": project, "job": job, "after": after}
        with self._connection.lines("/events", query, silence_s=SILENCE_S) as lines:
            yield from parse_frames(lines)


def parse_frames(lines: Iterator[str]) -> Iterator[tuple[int | None, Frame]]:
    """Frames of `text/event-stream` with their ids; kinds that this release does not know are left out."""
    id_: int | None = None
    word, data = "", ""
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id" and value.isdecimal():
            id_ = int(value)
        elif name == "event":
            word = value
        elif name == "data":
            data += value
        elif not line:
            kind = KINDS.get(word)
            if kind is not None:
                yield id_, _decode(data, kind)
            id_, word, data = None, "", ""


def _decode(data: str, kind: type[Frame]) -> Frame:
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as err:
        raise Broken(f"A frame of the stream cannot be read: {err}") from err
