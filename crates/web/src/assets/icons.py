#!/usr/bin/env python3
"""Draws the icons of the installable page, after icon.svg: python3 icons.py

Palettes of 32 shades between two colours keep them small. The maskable one fills its square, with the sign within the
inner 80 % that no mask cuts off (W3C Web App Manifest, "maskable")."""

import struct
import zlib

GROUND, SIGN, SHADES, FINE = (0x0B, 0x6B, 0x57), (0xFF, 0xFF, 0xFF), 32, 4


def is_sign(x, y):
    """Whether a point of the 32 by 32 field is on the sign: a stem with round ends, a ring, a dot."""
    stem = abs(x - 9) ** 2 + max(3 - y, y - 29, 0) ** 2 <= 4
    from_centre = ((x - 17.5) ** 2 + (y - 20) ** 2) ** 0.5
    return stem or abs(from_centre - 8.5) <= 2 or from_centre <= 3


def is_ground(x, y, size, rounded):
    """Whether a point is on the ground: all of it, or a square with round corners."""
    corner = size * 0.2 if rounded else 0
    dx, dy = max(corner - x, x - (size - corner), 0), max(corner - y, y - (size - corner), 0)
    return dx * dx + dy * dy <= corner * corner or not rounded


def pixel(col, row, size, scale, rounded):
    """The shade of a pixel, and whether it is there at all."""
    sign = ground = 0
    for n in range(FINE * FINE):
        x, y = col + (n % FINE + 0.5) / FINE, row + (n // FINE + 0.5) / FINE
        ground += is_ground(x, y, size, rounded)
        # The sign's own middle is (16.5, 16).
        sign += is_sign((x / size - 0.5) * 32 / scale + 16.5, (y / size - 0.5) * 32 / scale + 16)
    if ground * 2 < FINE * FINE:
        return SHADES
    return round(sign / (FINE * FINE) * (SHADES - 1))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def draw(name, size, scale, rounded):
    rows = b"".join(
        b"\0" + bytes(pixel(col, row, size, scale, rounded) for col in range(size)) for row in range(size)
    )
    shades = [
        bytes(round(a + (b - a) * n / (SHADES - 1)) for a, b in zip(GROUND, SIGN)) for n in range(SHADES)
    ]
    with open(name, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 3, 0, 0, 0)))
        out.write(chunk(b"PLTE", b"".join(shades) + bytes(GROUND)) + chunk(b"tRNS", b"\xff" * SHADES + b"\0"))
        out.write(chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


draw("icon-192.png", 192, 0.72, True)
draw("icon-512.png", 512, 0.72, True)
draw("icon-maskable.png", 512, 0.58, False)
