"""Many Weibull lots at once, as arrays: what batches and simulations are made of."""
