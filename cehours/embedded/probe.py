"""Does the web role answer? For `./dev demo` while it starts, and as the container's health check."""

import http.client
import os
import sys
from urllib.parse import urlsplit

PORT = 8000


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether /readyz is 200 on this machine; `host` is a name the site answers to."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    named = urlsplit(os.environ.get("PUBLIC_URL", "")).hostname
    sys.exit(0 if answers(PORT, named or "127.0.0.1") else 1)
