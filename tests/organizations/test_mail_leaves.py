"""Mail really leaves: the task hands it to a mail server that speaks SMTP over a socket."""

from __future__ import annotations

import asyncio
import threading
from email import message_from_bytes
from email.header import decode_header, make_header
from queue import Queue

import pytest

from organizations import tasks
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging import messages


class MailServer:
    """Enough of RFC 5321 to take one letter after another; what arrives lies in `letters`."""

    def __init__(self) -> None:
        self.letters: Queue[bytes] = Queue()
        self._ready: Queue[int] = Queue()
        # A thread with a loop of its own: the tests' thread may hold the one that drives a browser.
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        self.port = self._ready.get(timeout=10)

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        async with await asyncio.start_server(self._talk, "127.0.0.1", 0) as server:
            self._ready.put(server.sockets[0].getsockname()[1])
            await self._over.wait()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self.letters.put(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            await writer.drain()
            if verb == b"QUIT":
                break
        writer.close()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)


@pytest.fixture
def mail_server():
    server = MailServer()
    yield server
    server.close()


@pytest.mark.django_db
def test_a_queued_letter_reaches_the_mail_server(settings, mail_server):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_server.port
    with scope(Actor.public()):
        queued = messages.send(
            channel="email", recipient="jia@example.cn", subject="申报审核通过", body="请登录查看。"
        )

    tasks.send_message(str(queued.pk))

    letter = message_from_bytes(mail_server.letters.get(timeout=10))
    assert letter["To"] == "jia@example.cn"
    assert str(make_header(decode_header(letter["Subject"]))) == "申报审核通过"
    assert "请登录查看" in letter.get_payload(decode=True).decode()
