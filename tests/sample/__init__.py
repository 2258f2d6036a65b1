"""Models that only the tests have: what the house promises is proven on them."""
