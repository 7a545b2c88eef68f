"""Second looks at a fit: ranks, goodness of fit, strays and mixtures."""
