import pytest
from dvlib.datasets import make_dataset


@pytest.fixture
def dataset():
    return make_dataset("two_clusters")
