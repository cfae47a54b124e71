"""What the shop sells: the catalogue, its stock, and the units held for orders."""
