import pytest
from django.conf import settings as the_settings
from django.core.cache import cache

from tests.organizations.entering import CALLBACK, NAME, bind
from tests.organizations.platform import CLIENT_ID, CLIENT_SECRET, Platform


@pytest.fixture(autouse=True)
def no_memory_of_earlier_tests():
    """Throttles and tries are counted in Redis, which no rollback empties."""
    cache.clear()


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """The real hash takes a third of a second by design; these tests hash dozens."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def running_platform():
    platform = Platform(the_settings.PUBLIC_URL + CALLBACK)
    yield platform
    platform.stop()


@pytest.fixture
def platform(running_platform, settings):
    """The platform, in order, and this installation connected with it."""
    settings.PLATFORM_ISSUER = running_platform.issuer
    settings.PLATFORM_CLIENT_ID, settings.PLATFORM_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.PLATFORM_NAME = NAME
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
    running_platform.misbehave("")
    return running_platform


@pytest.fixture
def clerk(world, platform):
    """A clerk of the provincial bureau, bound by its administrator."""
    bind(world, "second_bureau")
    return world.second_bureau
