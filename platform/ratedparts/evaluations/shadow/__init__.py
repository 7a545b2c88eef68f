"""Shadow regrading: what another rule set would make of the whole register.  No grade is changed by it."""
