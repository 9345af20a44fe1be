"""Carries the effects in the outbox outside: at least once, in order for one record, failing ones later."""

import random as chance
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from orderflow.diagnostics.errors import ConflictError
from orderflow.service.ports import Clock, Notifier, Outgoing, Storage

#: How many effects are taken, and marked in one transaction.
_BATCH = 200
_LONGEST_WAIT = 3600.0
_LONGEST_ERROR = 500
_TRIES_TO_MARK = 5


class DispatchReport(NamedTuple):
    """What a run of the dispatcher did: effects sent, failed (to be tried again), and given up on."""

    sent: int = 0
    failed: int = 0
    dead: int = 0


class Dispatcher:
    """Takes due effects from the outbox, delivers each outside of any transaction and marks the outcome.

    A failed effect is tried again after a random part of a wait that doubles with each try, at most an hour
    (full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), as often as
    its rule says, and is then dead. Later effects of its record wait for it; no other record does. Two
    dispatchers at once, or one that dies before it has marked, may deliver an effect twice: its key tells the
    other side.

    Args:
        storage: holds the outbox.
        notifier: carries an effect outside.
        clock: tells what is due.
        random: draws the waits; one of its own if None.
    """

    def __init__(
        self, storage: Storage, notifier: Notifier, clock: Clock, *, random: chance.Random | None = None
    ) -> None:
        self._storage = storage
        self._notifier = notifier
        self._clock = clock
        self._random = random or chance.Random()

    def run(self, limit: int | None = None, until_idle: bool = True) -> DispatchReport:
        """Deliver what is due now, and what comes after it in a record's order.

        Args:
            limit: try at most so many deliveries.
            until_idle: go on until nothing that was due at the start is left; otherwise take one batch.

        Raises:
            StorageError: the outbox cannot be read or written; what was delivered but not marked is delivered
                again by a later run.
        """
        start = self._clock.now()
        total = DispatchReport()
        while limit is None or sum(total) < limit:
            wanted = _BATCH if limit is None else min(_BATCH, limit - sum(total))
            with self._storage.transaction() as transaction:
                batch = transaction.outgoing(start, wanted)
            if not batch:
                break
            done = self._deliver(batch, start)
            statuses = [outgoing.status for outgoing in done]
            total = DispatchReport(
                total.sent + statuses.count("sent"),
                total.failed + statuses.count("pending"),
                total.dead + statuses.count("dead"),
            )
            if not until_idle:
                break
        return total

    def _deliver(self, batch: Sequence[Outgoing], start: datetime) -> list[Outgoing]:
        done: list[Outgoing] = []
        try:
            for outgoing in batch:
                done.append(self._try(outgoing, start))
        finally:  # an interrupted run still marks what it has delivered
            self._mark(done)
        return done

    def _try(self, outgoing: Outgoing, start: datetime) -> Outgoing:
        effect, tries = outgoing.effect, outgoing.tries + 1
        try:
            self._notifier.deliver(effect)
        except Exception as error:  # whatever a notifier raises must not hold up other records
            message = str(error)[:_LONGEST_ERROR] or "the notifier failed without saying why"
            if tries >= effect.attempts:
                return outgoing._replace(status="dead", tries=tries, error=message)
            longest = min(_LONGEST_WAIT, effect.first_seconds * 2.0 ** min(tries - 1, 30))
            wait = self._random.uniform(0, longest)
            # Later than the start of the run: what failed in a run is not tried again in it.
            due = max(self._clock.now(), start) + timedelta(seconds=max(wait, 0.001))
            return outgoing._replace(tries=tries, due=due, error=message)
        return outgoing._replace(status="sent", tries=tries, error="")

    def _mark(self, done: Sequence[Outgoing]) -> None:
        if not done:
            return
        for left in reversed(range(_TRIES_TO_MARK)):
            try:
                with self._storage.transaction() as transaction:
                    for outgoing in done:
                        transaction.mark(outgoing)
                return
            except ConflictError:  # another writer was first: the marks are as good as before
                if not left:
                    raise
