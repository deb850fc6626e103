"""Does the web role answer? For `./dev demo` while it starts, and as the container's health check."""

import http.client
import json
import os
import sys
from urllib.parse import urlsplit

PORT = 8000


def answers(port: int, host: str = "127.0.0.1", instance: str = "") -> bool:
    """Whether /readyz is 200 on this machine; `host` is a name the site answers to.

    `instance`: and it is the one that was started with this INSTANCE, no stranger at the same port.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        answer = connection.getresponse()
        if answer.status != http.HTTPStatus.OK:
            return False
        return not instance or json.loads(answer.read(10_000)).get("instance") == instance
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    named = urlsplit(os.environ.get("PUBLIC_URL", "")).hostname
    sys.exit(0 if answers(PORT, named or "127.0.0.1") else 1)
