import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_memory_of_earlier_tests():
    """Throttles and tries are counted in Redis, which no rollback empties."""
    cache.clear()


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """The real hash takes a third of a second by design; these tests hash dozens."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
