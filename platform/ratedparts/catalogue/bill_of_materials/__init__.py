"""A product's list of parts: which are rated, how often the whole fails, and word when a rating falls."""
