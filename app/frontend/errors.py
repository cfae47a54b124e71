"""What can go wrong in the shop, in words a shopper understands: each is shown as a page with its status."""

from typing import ClassVar

from app.shared.errors import ApiError, BadRequest, Conflict, Forbidden, NotFound, Unavailable


class ServiceDown(Unavailable):
    """A service the page needs gives no usable answer."""

    def __init__(self, service: str) -> None:
        self.service = service
        super().__init__(_DOWN.get(service, "This part of the shop does not answer just now."), retry_after=5)


_DOWN = {
    "auth": "Logging in and registering have to wait a moment. You can look around meanwhile.",
    "products": "The shelves cannot be reached just now. Your basket is kept.",
    "orders": "Orders cannot be reached just now. What you ordered is safe.",
}


class OrderUnknown(Unavailable):
    """The order was sent, but no answer came: it may have been taken."""

    def __init__(self) -> None:
        super().__init__(
            "We cannot see yet whether your order was taken. Look in My orders, or reload this page: "
            "it is never taken twice.",
            retry_after=5,
        )


class FormExpired(Forbidden):
    """The form does not carry the token of this visitor's session."""

    def __init__(self) -> None:
        super().__init__(
            "This form was open for too long, or your browser did not send the shop's cookie. "
            "Go back, reload the page and send it again."
        )


class ForeignForm(Forbidden):
    """The form was sent from another site's page."""

    def __init__(self) -> None:
        super().__init__("This form was not sent from the shop, so nothing was done.")


class BadForm(BadRequest):
    """The form cannot be read."""

    def __init__(self, detail: str = "The form could not be read. Go back, reload the page and send it again.") -> None:
        super().__init__(detail)


class FormTooLarge(ApiError):
    """The form is larger than any of ours."""

    status: ClassVar[int] = 413
    slug: ClassVar[str] = "form-too-large"
    title: ClassVar[str] = "Too large"

    def __init__(self) -> None:
        super().__init__("That is more than our forms can hold. Send less.")


class NoSuchProduct(NotFound):
    """No product has this address."""

    def __init__(self) -> None:
        super().__init__("We do not sell this, or not any more.")


class NoSuchOrder(NotFound):
    """The shopper has no order with this number."""

    def __init__(self) -> None:
        super().__init__("Among your orders is none with this number.")


class NotCancellable(Conflict):
    """The order is in a state that cannot be cancelled."""

    def __init__(self) -> None:
        super().__init__("This order cannot be cancelled any more, or not yet. Look at its state in My orders.")


class LoginRequired(Exception):
    """The page needs a login: the visitor is sent to log in and comes back to the page."""


class Refused(Exception):
    """A form was understood but not accepted: `problems` maps a field (or "" for none) to a sentence."""

    def __init__(self, problems: dict[str, str], *, status: int = 422) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems
        self.status = status


class OutOfStock(Exception):
    """An order was refused because one product is short."""

    def __init__(self, product_id: str) -> None:
        super().__init__(f"product {product_id} is short")
        self.product_id = product_id


class OrderRejected(Exception):
    """An order was refused for a reason that is no fault of a line; nothing is held."""


class StillPlacing(Exception):
    """An earlier request with the same key is still being worked on."""
