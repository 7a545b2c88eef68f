"""Every combination, where the tests of the units take a few: half a minute and more of computing."""
