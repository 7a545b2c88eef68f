"""Readers: `python readers.py`, told as JSON on its standard input where, what and for how long.

A process of its own, so that asking does not take the time of whoever measures.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import threading
import time


def main() -> None:
    order = json.load(sys.stdin)
    until = time.perf_counter() + order["seconds"]
    took: list[float] = []
    wrong: list[str] = []

    def read(seed: int) -> None:
        choose = random.Random(seed)
        connection = http.client.HTTPConnection("127.0.0.1", order["port"], timeout=60)
        while time.perf_counter() < until:
            path = choose.choice(order["paths"])
            began = time.perf_counter()
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                body = answer.read()
            except OSError as error:
                wrong.append(f"{path}: {error}")
                connection.close()
                continue
            took.append(time.perf_counter() - began)
            if answer.status != 200 or not body:
                wrong.append(f"{path}: {answer.status}")

    began = time.perf_counter()
    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(order["readers"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    took.sort()
    json.dump(
        {
            "requests": len(took),
            "a_second": len(took) / seconds,
            "median": took[len(took) // 2],
            "p99": took[len(took) * 99 // 100],
            "wrong": wrong[:20],
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
