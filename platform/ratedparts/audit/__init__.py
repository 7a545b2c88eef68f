"""The hash-chained audit log: one line a state change, not to be switched off."""
