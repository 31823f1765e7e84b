"""What a basket costs. Money is whole cents; nothing is rounded before the end."""

from dataclasses import dataclass

# From so many pieces of one kind on, so many per cent off.
QUANTITY_DISCOUNTS = ((100, 15), (10, 5))
MAX_ITEMS = 1_000


class BasketError(ValueError):
    """The basket is wrong; `field` says where, e.g. `items[2].quantity`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True)
class Item:
    sku: str
    quantity: int
    unit_cents: int


def parse_basket(document: object) -> list[Item]:
    """Reads a basket as it comes over the wire."""
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list) or not 0 < len(items) <= MAX_ITEMS:
        raise BasketError("items", f"must be a list of 1 to {MAX_ITEMS} items")
    return [_parse_item(item, f"items[{index}]") for index, item in enumerate(items)]


def quote(items: list[Item]) -> dict:
    """Prices a basket, line by line."""
    lines = [_price(item) for item in items]
    return {"lines": lines, "totalCents": sum(line["totalCents"] for line in lines)}


def _parse_item(item: object, at: str) -> Item:
    if not isinstance(item, dict):
        raise BasketError(at, "must be an object with sku, quantity and unitCents")
    sku = item.get("sku")
    if not isinstance(sku, str) or sku == "":
        raise BasketError(f"{at}.sku", "must be a text")
    return Item(sku, _whole(item.get("quantity"), f"{at}.quantity", 1), _whole(item.get("unitCents"), f"{at}.unitCents", 0))


def _whole(value: object, field: str, least: int) -> int:
    # bool is a kind of int in Python, but not in JSON.
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= 10**9:
        raise BasketError(field, f"must be a whole number from {least}")
    return value


def _price(item: Item) -> dict:
    discount = next((percent for least, percent in QUANTITY_DISCOUNTS if item.quantity >= least), 0)
    full = item.quantity * item.unit_cents
    # Half a cent goes to the customer.
    return {"sku": item.sku, "discountPercent": discount, "totalCents": full - (full * discount + 50) // 100}
