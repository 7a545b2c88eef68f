"""Example organisations, parts and tests, put through the very pipeline, with the clock turned back.

Everything here is made up and labelled as an example, but for the published data sets, which name their
source.  Dates are relative to the day on which it is loaded.
"""
