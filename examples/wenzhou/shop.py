"""The shop as a whole while its days are told: the clock, the book, the shelves, the accounts, and who waits for what."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from examples.wenzhou.book import Book
from examples.wenzhou.clock import Clock, Story
from examples.wenzhou.order import OVER, Order, Parcel
from examples.wenzhou.shelves import Shelves, Want
from examples.wenzhou.world import WAREHOUSES, opened


@dataclass(slots=True)
class Account:
    """What a customer may owe, and what open orders owe, in fen."""

    limit: int
    used: int = 0


@dataclass(slots=True)
class Stories:
    """What begins by itself when an order has come to a point; told elsewhere."""

    parcel: Callable[["Shop", Parcel], Story]
    waiting: Callable[["Shop", Order], Story]
    delivered: Callable[["Shop", Order], Story]
    refund: Callable[["Shop", Order], Story]


@dataclass(slots=True)
class Shop:
    """Everything that the stories share.

    The shop keeps its own rough account of what the rules will do with an order, so that nobody picks a parcel which cannot
    exist. The rules decide for themselves; where they decide otherwise, they refuse what does not fit.
    """

    clock: Clock
    book: Book
    shelves: Shelves
    accounts: dict[str, Account]
    stories: Stories
    waiting: list[Order] = field(default_factory=list)
    owing: list[Order] = field(default_factory=list)
    free: dict[str, datetime] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The moment that is being told."""
        return self.clock.now

    def turn(self, parcel: Parcel) -> datetime:
        """When the warehouse comes to a parcel: in turn, within its hours and at its pace."""
        dice, warehouse = parcel.order.dice, parcel.warehouse
        at = dice.after(self.now, 2, 25)
        at = opened(max(at, self.free.get(warehouse, at)))
        self.free[warehouse] = at + timedelta(seconds=3600 // WAREHOUSES[warehouse].pace)
        return at

    def pay(self, order: Order, amount: int) -> None:
        """Money has come in, in fen; it counts against what the order owes."""
        order.paid += amount
        if order.credit:
            free = order.credit - min(order.credit, order.owed)
            order.credit -= free
            self._freed_credit(order, free)
        self.go_on(order)

    def go_on(self, order: Order) -> None:
        """What happens to an order by itself: it is paid, it gets its parcels, or it waits for credit or stock."""
        if order.held:
            return
        if order.is_in("review") and order.paid:
            order.stage = "paid"
        if not order.is_in("paid", "waiting") or order.risky:
            return
        account = self.accounts.get(order.customer.id)
        if order.owed > (account.limit - account.used if account else 0):
            if account and order not in self.owing:
                self.owing.append(order)
            return
        pools = ("promo",) if order.channel == "douyin" else ()
        wants = [
            Want(line.number, line.product.sku, line.units, ("presale", *pools) if line.presale else pools)
            for line in order.lines
        ]
        plan = self.shelves.plan(wants, order.spot)
        if not plan:
            if order.is_in("paid"):
                order.stage = "waiting"
                self.waiting.append(order)
                self.clock.start(self.stories.waiting(self, order))
            return
        order.stage = "fulfilling"
        if account:
            order.credit = order.owed
            account.used += order.credit
        for number, (warehouse, takes) in enumerate(plan, start=1):
            self.shelves.take(warehouse, takes)
            order.parcels.append(Parcel(order, number, warehouse, takes))
        for parcel in order.parcels:
            self.clock.start(self.stories.parcel(self, parcel))

    def freed(self, skus: Iterable[str]) -> None:
        """More units may be taken: who waits for them is served, the oldest order first."""
        wanted = frozenset(skus)
        self.waiting = [order for order in self.waiting if order.is_in("waiting")]
        for order in sorted(self.waiting, key=lambda order: (order.placed, order.id)):
            if any(line.product.sku in wanted for line in order.lines):
                self.go_on(order)

    def raise_limit(self, customer: str, limit: int) -> None:
        """A customer may owe more from now on."""
        self.accounts[customer].limit = limit
        self._serve_owing(customer)

    def cancel(self, order: Order, role: str, why: str) -> None:
        """Somebody cancels an order: before it is sent it is closed; parcels on the way are called back."""
        self.book.send(order.id, "cancel", role, why=why)
        if order.is_in("review", "paid", "waiting"):
            self._close(order)
        elif order.is_in("fulfilling"):
            order.changed = True
            for parcel in order.parcels:
                self.call_off(parcel)
            self.settle(order)

    def call_off(self, parcel: Parcel) -> None:
        """A parcel is taken apart in the house, or called back on the way."""
        if parcel.is_at("moving"):
            parcel.place = "returning"
        elif not parcel.is_at("delivered", "returning", "returned", "gone"):
            parcel.place = "gone"
            self.shelves.give_back(parcel.warehouse, parcel.takes)
            self.freed(take.sku for take in parcel.takes)

    def settle(self, order: Order) -> None:
        """The order follows its parcels."""
        if not order.is_in("fulfilling"):
            return
        live = [parcel for parcel in order.parcels if parcel.place not in OVER]
        if not live:
            self._close(order)
        elif all(parcel.is_at("delivered") for parcel in live):
            order.stage = "delivered"
            self._release(order)
            self.clock.start(self.stories.delivered(self, order))

    def close(self, order: Order) -> None:
        """The customer is content, or everything came back: nothing more happens by itself."""
        order.stage = "closed"

    def _close(self, order: Order) -> None:
        order.stage = "closed"
        self._release(order)
        if order.paid:
            self.clock.start(self.stories.refund(self, order))

    def _release(self, order: Order) -> None:
        free, order.credit = order.credit, 0
        if free:
            self._freed_credit(order, free)

    def _freed_credit(self, order: Order, units: int) -> None:
        self.accounts[order.customer.id].used -= units
        self._serve_owing(order.customer.id)

    def _serve_owing(self, customer: str) -> None:
        """Orders that wait for their customer's credit are looked at again, the oldest first."""
        mine = [order for order in self.owing if order.customer.id == customer]
        self.owing = [order for order in self.owing if order.customer.id != customer]
        for order in sorted(mine, key=lambda order: (order.placed, order.id)):
            self.go_on(order)
