"""A receiver that takes its time, or never comes to an end, keeps nobody waiting."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.webhooks import Webhook, new_secret, post, sending

Serve = Callable[[Callable[[socket.socket], None]], str]


@pytest.fixture
def served() -> Iterator[Serve]:
    """Answer the connections to an address in some way, until the receiver is hung up on."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve(answer: Callable[[socket.socket], None]) -> str:
        def accept() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                try:
                    answer(connection)
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}/"

    yield serve
    listening.close()


def _drop_by_drop(connection: socket.socket) -> None:
    for _ in range(100):
        connection.sendall(b"H")
        time.sleep(0.05)


def _go_on_and_on(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def _without_end(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


@pytest.mark.parametrize("answer", [_drop_by_drop, _go_on_and_on])
def test_the_deadline_is_that_of_the_whole_message(
    answer: Callable[[socket.socket], None], served: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.4)
    outcome: list[str] = []

    def send() -> None:
        try:
            post(Webhook(served(answer), new_secret()), "1", 1, b"{}", private=True)
        except RatedPartsError as error:
            outcome.append(error.code)

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    sender.join(3.0)
    assert outcome == ["webhook_unreachable"]


def test_what_follows_the_status_is_not_read(served: Serve) -> None:
    post(Webhook(served(_without_end), new_secret()), "1", 1, b"{}", private=True)
