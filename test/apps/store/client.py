"""Writes to every server of the app store without a pause, and keeps what each has acknowledged.

`client.py write EDGE` writes until SIGTERM, then prints a line of JSON: for each server the numbers it acknowledged, and the longest time
between two. `client.py read EDGE` prints the numbers that each server has.
"""

import http.client
import json
import signal
import sys
import threading
import time

import pika
import psycopg
import redis

PAUSE = 0.01
LIMIT = 5


def postgres():
    with psycopg.connect("host=db user=postgres dbname=postgres", connect_timeout=LIMIT, autocommit=True) as rows:
        rows.execute("SET statement_timeout = '5s'")
        rows.execute("CREATE TABLE IF NOT EXISTS acked (n bigint PRIMARY KEY)")
        while True:
            yield lambda n: rows.execute("INSERT INTO acked VALUES (%s)", (n,))


def kept_in(name):
    def connect():
        cache = redis.Redis(name, socket_timeout=LIMIT, socket_connect_timeout=LIMIT, retry_on_timeout=False)
        while True:
            yield lambda n: cache.sadd("acked", n)

    return connect


def queue():
    parameters = pika.ConnectionParameters("queue", socket_timeout=LIMIT, blocked_connection_timeout=LIMIT, heartbeat=LIMIT)
    channel = pika.BlockingConnection(parameters).channel()
    channel.queue_declare("acked", durable=True)
    channel.confirm_delivery()
    lasting = pika.BasicProperties(delivery_mode=2)
    while True:
        yield lambda n: channel.basic_publish("", "acked", str(n), lasting, mandatory=True)


def page():
    edge = http.client.HTTPConnection(sys.argv[2], 80, timeout=30)

    def post(n):
        edge.request("POST", "/", str(n), {"Host": "store.localhost"})
        answer = edge.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"status {answer.status}")

    while True:
        yield post


SERVERS = {"db": postgres, "aof": kept_in("aof"), "rdb": kept_in("rdb"), "plain": kept_in("plain"), "queue": queue, "page": page}
acked = {name: [] for name in SERVERS}
longest = dict.fromkeys(SERVERS, 0.0)
failures = dict.fromkeys(SERVERS, 0)
ending = threading.Event()


def write(name):
    # No number twice, whichever client was first: none writes a thousand a second.
    number, last = time.time_ns() // 1_000_000, None
    while not ending.is_set():
        try:
            for send in SERVERS[name]():
                number += 1
                send(number)
                acked[name].append(number)
                now = time.monotonic()
                longest[name] = max(longest[name], now - (last or now))
                last = now
                if ending.wait(PAUSE):
                    return
        except Exception:
            failures[name] += 1
            ending.wait(0.1)


def read():
    with psycopg.connect("host=db user=postgres dbname=postgres") as rows:
        yield "db", [n for (n,) in rows.execute("SELECT n FROM acked")]
    for name in ("aof", "rdb", "plain"):
        yield name, [int(n) for n in redis.Redis(name).smembers("acked")]
    channel = pika.BlockingConnection(pika.ConnectionParameters("queue")).channel()
    found = []
    while True:
        method, _, body = channel.basic_get("acked", auto_ack=False)
        if method is None:
            break
        found.append(int(body))
    yield "queue", found
    edge = http.client.HTTPConnection(sys.argv[2], 80, timeout=30)
    edge.request("GET", "/rows", headers={"Host": "store.localhost"})
    yield "page", [int(n) for n in edge.getresponse().read().split()]


if sys.argv[1] == "read":
    print(json.dumps(dict(read())))
else:
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    threads = [threading.Thread(target=write, args=(name,)) for name in SERVERS]
    for thread in threads:
        thread.start()
    ending.wait()
    for thread in threads:
        thread.join()
    print(json.dumps({"acked": acked, "longest": longest, "failures": failures}))
