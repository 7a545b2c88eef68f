"""The quality report: what was submitted, decided and certified in a quarter or a year."""
