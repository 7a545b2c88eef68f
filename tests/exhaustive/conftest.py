import pytest

from ratedparts.protocols import load_library


@pytest.fixture(scope="session")
def library():
    return load_library()
