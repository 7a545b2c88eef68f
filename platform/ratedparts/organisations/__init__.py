"""Makers, laboratories with their accreditation scope, the authority; people, roles, tokens."""
