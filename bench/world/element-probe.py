"""Says whether addresses are in sets of nftables, by one question to the kernel each: nft itself would read the whole set first.

Reads lines `inet TABLE SET ADDRESS`, answers each with a line: 1, 0, or the number of the error with a minus sign.
"""
import errno
import ipaddress
import socket
import struct
import sys

FAMILIES = {"inet": 1, "ip": 2, "ip6": 10}
NETLINK_NETFILTER = 12
SUBSYSTEM = 10 << 8
GET_ELEMENT = SUBSYSTEM | 13
REQUEST = 1
ERROR = 2
NESTED = 1 << 15


def attribute(kind, value):
    length = 4 + len(value)
    return struct.pack("=HH", length, kind) + value + b"\0" * (-length % 4)


def question(family, table, name, address):
    value = attribute(1, ipaddress.ip_address(address).packed)
    element = attribute(1 | NESTED, attribute(1 | NESTED, value))
    body = struct.pack("!BBH", FAMILIES[family], 0, 0)
    body += attribute(1, table.encode() + b"\0") + attribute(2, name.encode() + b"\0")
    body += attribute(3 | NESTED, element)
    return struct.pack("=IHHII", 16 + len(body), GET_ELEMENT, REQUEST, 1, 0) + body


kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
kernel.bind((0, 0))
for line in sys.stdin:
    kernel.send(question(*line.split()))
    answer = kernel.recv(65536)
    (kind,) = struct.unpack_from("=H", answer, 4)
    said = struct.unpack_from("=i", answer, 16)[0] if kind == ERROR else 1
    sys.stdout.write(f"{0 if said == -errno.ENOENT else said}\n")
    sys.stdout.flush()
