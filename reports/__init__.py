"""Typst templates of certificates and reports."""
