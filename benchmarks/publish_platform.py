"""The platform that the publishing benchmark posts to, on loopback, and the request that every program under it makes.

`python -m benchmarks.publish_platform SECONDS` prints its port, then one JSON line for each request that reached it, and answers
each after so many seconds.
"""

import asyncio
import json
import socket
import sys
import time

_ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def _request(key: str) -> bytes:
    """A request that carries the moment at which it begins: before the connection, as a person would count."""
    body = json.dumps({"key": key, "at": time.time()}).encode()
    return b"POST /posts HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def ask(port: int, key: str) -> None:
    """Publish `key` by one request on a new connection. Raises OSError."""
    request = _request(key)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        if b" 201 " not in connection.recv(4096):
            raise ConnectionError("the platform gave no clear answer")


async def ask_async(port: int, key: str) -> None:
    """The same for a program that works in an event loop."""
    request = _request(key)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        if b" 201 " not in await reader.read(4096):
            raise ConnectionError("the platform gave no clear answer")
    finally:
        writer.close()


async def _serve(seconds: float) -> None:
    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(int(head.rpartition(b"Content-Length: ")[2]))
            print(json.dumps(json.loads(body)), flush=True)
            if seconds:
                await asyncio.sleep(seconds)
            writer.write(_ANSWER)
            await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
