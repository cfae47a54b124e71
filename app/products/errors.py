"""What can go wrong with products and reservations."""

from app.shared.errors import Conflict, Unavailable


class SlugTaken(Conflict):
    """Another product has this slug."""

    slug, title = "slug-taken", "Slug is taken"


class OutOfStock(Conflict):
    """A line asks for more units than there are (member `product_id`); nothing is held."""

    slug, title = "out-of-stock", "Out of stock"


class NotForSale(Conflict):
    """A line's product is unknown or withdrawn (member `product_id`); nothing is held."""

    slug, title = "not-for-sale", "Not for sale"


class Released(Conflict):
    """The order's units were given back, so it can be neither reserved nor confirmed any more."""

    slug, title = "released", "Reservation was released"


class OtherLines(Conflict):
    """The order already has a reservation with other lines."""

    slug, title = "other-lines", "Reservation has other lines"


class ReservationBusy(Unavailable):
    """Another call is changing this reservation at the moment, or broke off seconds ago; repeat this one."""

    slug, title = "reservation-busy", "Reservation is being changed"
