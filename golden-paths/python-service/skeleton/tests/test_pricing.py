import unittest

from app.pricing import BasketError, Item, parse_basket, quote


class Quote(unittest.TestCase):
    def test_a_few_pieces_cost_their_price(self) -> None:
        self.assertEqual(quote([Item("tea", 9, 450)])["totalCents"], 4_050)

    def test_many_pieces_cost_less_by_steps(self) -> None:
        totals = [quote([Item("tea", quantity, 100)])["totalCents"] for quantity in (9, 10, 99, 100)]
        self.assertEqual(totals, [900, 950, 9_405, 8_500])

    def test_half_a_cent_goes_to_the_customer(self) -> None:
        self.assertEqual(quote([Item("pin", 10, 1)])["totalCents"], 9)

    def test_the_total_is_the_sum_of_the_lines(self) -> None:
        answer = quote([Item("tea", 10, 450), Item("cup", 1, 1_200)])
        self.assertEqual(answer["totalCents"], sum(line["totalCents"] for line in answer["lines"]))


class ParseBasket(unittest.TestCase):
    def test_a_wrong_basket_is_told_by_field(self) -> None:
        good = {"sku": "tea", "quantity": 1, "unitCents": 450}
        for basket, field in (
            (None, "items"),
            ({"items": []}, "items"),
            ({"items": [good, {**good, "quantity": 0}]}, "items[1].quantity"),
            ({"items": [{**good, "quantity": True}]}, "items[0].quantity"),
            ({"items": [{**good, "unitCents": 1.5}]}, "items[0].unitCents"),
            ({"items": [{**good, "sku": ""}]}, "items[0].sku"),
        ):
            with self.subTest(field=field), self.assertRaises(BasketError) as caught:
                parse_basket(basket)
            self.assertEqual(caught.exception.field, field)


if __name__ == "__main__":
    unittest.main()
