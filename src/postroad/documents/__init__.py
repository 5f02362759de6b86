"""Article copies: what the law counts of them."""
