"""Features that make one creature of a plan differ from the next: ears, horns, tails, wings, shells, flowers.

Each function takes the frame of a creature and the word that follows the feature's name in the species table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pmd_gym.simulator.art.plans import Colour, Frame
from pmd_gym.simulator.art.solid import Part, pair, rod


def _colour(f: Frame, word: str, default: Colour) -> Colour:
    """The colour after a colon (`ears=long:black`), or `default`."""
    _, _, name = word.partition(":")
    return {"": default, "main": f.main, "second": f.second, "accent": f.accent}.get(name, name)


def ears(f: Frame, word: str) -> None:
    """Ears: pointy, long, round, big, flop, leaf, fin."""
    x, y, z = f.head
    r = f.head_radius
    colour = _colour(f, word, f.main)
    shapes = {
        "pointy": ((0.66, -0.1, 0.95), (0.27, 0.20, 0.52), (0, 4)),
        "long": ((0.62, -0.2, 1.32), (0.27, 0.24, 0.92), (0, 8)),
        "round": ((0.82, -0.1, 0.74), (0.40, 0.22, 0.40), (0, 0)),
        "big": ((1.05, -0.1, 0.70), (0.52, 0.24, 0.62), (0, 0)),
        "flop": ((1.02, -0.1, 0.05), (0.24, 0.30, 0.72), (0, 0)),
        "leaf": ((0.62, -0.3, 1.10), (0.22, 0.34, 0.74), (0, 14)),
        "fin": ((1.10, -0.2, 0.15), (0.46, 0.22, 0.44), (0, 0)),
    }
    (dx, dy, dz), (rx, ry, rz), turn = shapes[word.partition(":")[0]]
    ear = Part(colour, (x + dx * r, y + dy * r, z + dz * r), (rx * r, ry * r, rz * r), turn=turn)
    f.add(pair(ear))
    if "inner" in f.words:
        inner = f.words["inner"] or f.second
        f.add(
            pair(
                Part(
                    inner,
                    (x + dx * r, y + (dy + 0.16) * r, z + (dz + 0.05) * r),
                    (rx * r * 0.55, ry * r * 0.7, rz * r * 0.66),
                    turn=turn,
                )
            )
        )


def tips(f: Frame, word: str) -> None:
    """Coloured tips of long ears."""
    x, y, z = f.head
    r = f.head_radius
    f.add(pair(Part(word, (x + 0.74 * r, y - 0.3 * r, z + 1.92 * r), (0.24 * r, 0.22 * r, 0.42 * r))))


def horn(f: Frame, word: str) -> None:
    """One horn on the forehead or the nose (nose)."""
    x, y, z = f.head
    r = f.head_radius
    colour = _colour(f, word, f.accent)
    if word.startswith("nose"):
        f.add(rod(colour, (x, y + r * 1.05, z + 0.1 * r), (x, y + r * 1.45, z + 0.95 * r), r * 0.26, r * 0.12, 21))
    else:
        f.add(rod(colour, (x, y + r * 0.6, z + 0.7 * r), (x, y + r * 0.9, z + 1.6 * r), r * 0.24, r * 0.12, 21))


def horns(f: Frame, word: str) -> None:
    """Two horns; `bull` bends outward, otherwise upright."""
    x, y, z = f.head
    r = f.head_radius
    colour = _colour(f, word, "ivory")
    spread = 1.5 if word.startswith("bull") else 0.75
    for side in (-1, 1):
        start, end = (x + side * 0.5 * r, y, z + 0.7 * r), (x + side * spread * r, y - 0.1 * r, z + 1.5 * r)
        f.add(rod(colour, start, end, r * 0.24, r * 0.13))


def antenna(f: Frame, word: str) -> None:
    """Two feelers."""
    x, y, z = f.head
    r = f.head_radius
    colour = _colour(f, word, f.accent)
    for side in (-1, 1):
        f.add(
            rod(
                colour,
                (x + side * 0.35 * r, y + 0.3 * r, z + 0.8 * r),
                (x + side * 0.8 * r, y + 0.7 * r, z + 1.6 * r),
                0.6,
                0.5,
                22,
            )
        )
        f.add(Part(colour, (x + side * 0.85 * r, y + 0.75 * r, z + 1.7 * r), (0.9, 0.9, 0.9), group=22))


def crest(f: Frame, word: str) -> None:
    """A crest of feathers, hair or flame over the head."""
    x, y, z = f.head
    r = f.head_radius
    colour = _colour(f, word, f.accent)
    for back, up, size in ((0.5, 0.9, 0.42), (-0.1, 1.15, 0.44), (-0.7, 1.0, 0.44), (-1.1, 0.6, 0.36)):
        f.add(Part(colour, (x, y + back * r, z + up * r), (size * r * 0.6, size * r, size * r), group=23))


def tuft(f: Frame, word: str) -> None:
    """A small tuft on top."""
    x, y, z = f.head
    r = f.head_radius
    f.add(
        Part(_colour(f, word, f.accent), (x, y + 0.2 * r, z + 1.12 * r), (0.22 * r, 0.30 * r, 0.48 * r), turn=(0, -20))
    )


def mane(f: Frame, word: str) -> None:
    """Thick collar."""
    x, y, z = f.head
    r = f.head_radius
    f.add(Part(_colour(f, word, f.second), (x, y - 0.55 * r, z - 0.55 * r), (r * 1.12, r * 0.85, r * 0.95)))


def ridge(f: Frame, word: str) -> None:
    """Spikes, plates or flames along the back."""
    x, y, z = f.body
    _, ry, rz = f.body_radii
    colour = _colour(f, word, f.accent)
    big = 1.5 if word.startswith("big") else 1.0
    for share in (0.55, 0.0, -0.55):
        height = rz * (1 - share * share * 0.5)
        f.add(Part(colour, (x, y + share * ry, z + height + 0.6 * big), (1.0, 1.4 * big, 2.3 * big), turn=(0, 20)))


def quills(f: Frame, word: str) -> None:
    """Spines all over the back."""
    x, y, z = f.body
    rx, ry, rz = f.body_radii
    colour = _colour(f, word, f.accent)
    for side in (-0.75, -0.25, 0.25, 0.75):
        for share in (0.1, -0.6, -1.0):
            height = rz * max(0.25, 1 - 0.6 * side * side - 0.35 * share * share)
            f.add(Part(colour, (x + side * rx, y + share * ry - 0.8, z + height), (0.9, 1.5, 1.9), turn=(0, 35)))


def shell(f: Frame, word: str) -> None:
    """A shell on the back."""
    x, y, z = f.body
    rx, ry, rz = f.body_radii
    upright = rz > ry
    colour = _colour(f, word, f.accent)
    centre = (x, y - 0.34 * ry, z + 0.1 * rz) if upright else (x, y - 0.1 * ry, z + 0.35 * rz)
    radii = (rx * 1.13, ry * 1.05, rz * 1.02)
    f.add(Part(colour, centre, radii, pattern="shell", second=f.words.get("plates", "brown")))


def bulb_on_back(f: Frame, word: str) -> None:
    """A plant bulb on the back."""
    x, y, z = f.body
    rz = f.body_radii[2]
    colour = _colour(f, word, "leaf")
    f.add(Part(colour, (x, y - 1.6, z + rz + 1.8), (4.3, 4.4, 4.0), group=31))
    f.add(Part(colour, (x, y - 1.8, z + rz + 5.6), (1.6, 1.7, 2.4), group=31))


def flower(f: Frame, word: str) -> None:
    """A wide flower over the head or back: `word` is its colour."""
    x, y, z = f.head if "onhead" in f.words or f.body_radii[2] > f.body_radii[1] else f.body
    height = f.head_radius if "onhead" in f.words or f.body_radii[2] > f.body_radii[1] else f.body_radii[2] + 1
    for dx, dy in ((4.0, 0.0), (1.3, 3.8), (-3.3, 2.4), (-3.3, -2.4), (1.3, -3.8)):
        f.add(Part(word or f.accent, (x + dx, y + dy - 0.6, z + height + 0.4), (2.9, 2.9, 1.4), group=32))
    f.add(Part("yellow", (x, y - 0.6, z + height + 1.6), (2.0, 2.0, 1.3)))


def petals(f: Frame, word: str) -> None:
    """Petals in a ring round the face."""
    x, y, z = f.head
    r = f.head_radius
    for dx, dz in ((0, 1.1), (1.0, 0.6), (1.1, -0.4), (0.6, -1.0), (-0.6, -1.0), (-1.1, -0.4), (-1.0, 0.6)):
        f.add(Part(word or f.accent, (x + dx * r, y - 0.3 * r, z + dz * r), (0.46 * r, 0.24 * r, 0.46 * r), group=33))


def leaves(f: Frame, word: str) -> None:
    """Leaves on top: two (default), `five` or `one`."""
    x, y, z = f.head
    r = f.head_radius
    colour = _colour(f, word, "leaf")
    kind = word.partition(":")[0]
    if kind == "one":
        f.add(Part(colour, (x, y + 0.3 * r, z + 1.25 * r), (0.42 * r, 1.0 * r, 0.2 * r), turn=(0, 35)))
    elif kind == "five":
        for dx, dy in ((1.1, 0.1), (-1.1, 0.1), (0.6, -0.9), (-0.6, -0.9), (0.0, 0.9)):
            f.add(
                rod(
                    colour,
                    (x + dx * 0.3 * r, y + dy * 0.3 * r, z + 0.9 * r),
                    (x + dx * r, y + dy * r, z + 1.7 * r),
                    0.9,
                    1.4,
                    34,
                )
            )
    else:
        for side in (-1, 1):
            f.add(Part(colour, (x + side * 0.62 * r, y, z + 1.3 * r), (0.62 * r, 0.42 * r, 0.24 * r), group=34))


def tail(f: Frame, word: str) -> None:
    """Tail: thin, long, short, bushy, curl, flame, bolt, ball, fin, fan, leaf, six."""
    _, y, z = f.tail
    colour = _colour(f, word, f.main)
    tip = f.words.get("tailtip", colour)
    kind = word.partition(":")[0]
    if kind == "flame":
        f.add(
            rod(f.main, (0, y, z), (0, y - 5, z), 2.2, 1.5, 41),
            rod(f.main, (0, y - 5, z), (0, y - 7, z + 4), 1.5, 1.0, 41),
        )
        f.add(
            Part("ember", (0, y - 7.4, z + 7.4), (2.2, 2.2, 3.4), flat=True, group=42),
            Part("yellow", (0, y - 7.0, z + 7.0), (1.3, 1.9, 2.3), flat=True, group=42),
        )
    elif kind == "bushy":
        f.add(
            rod(colour, (0, y, z), (0, y - 4, z + 4), 1.8, 3.2, 41),
            Part(tip, (0, y - 4.6, z + 7.2), (2.3, 2.3, 2.6), group=41),
        )
    elif kind == "six":
        for dx in (-4.2, -1.5, 1.5, 4.2):
            f.add(rod(colour, (dx * 0.3, y, z), (dx, y - 3.4, z + 5.2 - abs(dx) * 0.3), 1.2, 1.7, 41))
    elif kind == "bolt":
        f.add(
            Part("brown", (0, y - 0.8, z), (1.2, 2.4, 1.2)),
            Part(colour, (0, y - 3.0, z + 4), (1.0, 2.2, 2.4), group=43),
            Part(colour, (0, y - 5.4, z + 8.4), (1.0, 3.4, 3.1), group=43),
        )
    elif kind == "ball":
        f.add(
            rod(colour, (0, y, z), (0, y - 4.4, z + 5), 0.8, 0.8, 41), Part(tip, (0, y - 5.2, z + 7.2), (2.5, 2.5, 2.5))
        )
    elif kind in ("fin", "fan", "leaf"):
        width, height = {"fin": (1.1, 3.6), "fan": (3.8, 1.2), "leaf": (2.6, 1.1)}[kind]
        f.add(
            rod(f.main, (0, y, z), (0, y - 3.4, z + 1.4), 1.9, 1.5, 41),
            Part(tip, (0, y - 6.2, z + 2.6), (width, 3.2, height), turn=(0, -14)),
        )
    else:
        reach, rise, first, last = {
            "thin": (6.5, 5.0, 0.9, 0.8),
            "long": (9.0, 1.4, 2.3, 1.1),
            "short": (3.0, 1.2, 1.7, 1.2),
            "curl": (4.0, 6.0, 1.7, 1.5),
        }[kind]
        f.add(rod(colour, (0, y, z), (0, y - reach * 0.6, z + rise * 0.3), first, (first + last) / 2, 41))
        f.add(
            rod(colour, (0, y - reach * 0.6, z + rise * 0.3), (0, y - reach, z + rise), (first + last) / 2, last, 41),
            Part(tip, (0, y - reach, z + rise), (last * 1.25,) * 3, group=44),
        )


def wings(f: Frame, word: str) -> None:
    """Wings on the back: bird (spread), bat (skin), bug (thin), small."""
    x, y, z = f.body
    rx, ry, rz = f.body_radii
    colour = _colour(f, word, f.second)
    kind = word.partition(":")[0]
    for side in (-1, 1):
        root = (x + side * rx * 0.5, y - ry * 0.7, z + rz * 0.5)
        if kind == "small":
            f.add(Part(colour, (root[0] + side * 3, root[1] - 1, root[2] + 1), (2.8, 0.9, 2.2), turn=(side * 25, 0)))
        elif kind == "bug":
            f.add(
                Part(colour, (root[0] + side * 4.4, root[1] - 1.6, root[2] + 3), (4.8, 0.8, 2.2), turn=(side * 20, 0))
            )
        else:
            f.add(rod(f.main, root, (root[0] + side * 5.5, root[1] - 2.5, root[2] + 6), 1.2, 1.0, 51))
            f.add(
                Part(
                    colour,
                    (root[0] + side * 5.6, root[1] - 2.4, root[2] + 2.2),
                    (4.8, 1.1, 4.4),
                    turn=(side * 18, 0),
                    group=52,
                )
            )
            f.add(
                Part(
                    colour,
                    (root[0] + side * 8.6, root[1] - 3.2, root[2] + 4.6),
                    (2.8, 1.0, 3.4),
                    turn=(side * 18, 0),
                    group=52,
                )
            )


def snout(f: Frame, word: str) -> None:
    """Muzzle in front of the face; `long`, `pig`, `trunk`."""
    x, y, z = f.head
    r = f.head_radius
    colour = _colour(f, word, f.main)
    kind = word.partition(":")[0]
    if kind == "trunk":
        f.add(rod(colour, (x, y + r * 0.9, z - 0.2 * r), (x, y + r * 1.7, z - 0.9 * r), r * 0.34, r * 0.26))
        return
    length = 0.85 if kind == "long" else 0.5
    f.add(Part(colour, (x, y + r * 0.85, z - 0.28 * r), (r * 0.56, r * length, r * 0.42), group=2))
    nose = "pink" if kind == "pig" else "black"
    width = 0.34 if kind == "pig" else 0.16
    f.add(Part(nose, (x, y + r * (0.85 + length), z - 0.14 * r), (r * width, r * 0.14, r * 0.2)))


def beak(f: Frame, word: str) -> None:
    """A beak or bill; `wide` is a duck's."""
    x, y, z = f.head
    r = f.head_radius
    wide = word.startswith("wide")
    f.add(
        Part(
            _colour(f, word, f.accent),
            (x, y + r * 1.05, z - 0.2 * r),
            (r * (0.62 if wide else 0.3), r * 0.52, r * 0.22),
        )
    )


def jaw(f: Frame, word: str) -> None:
    """Big jaw with teeth."""
    x, y, z = f.head
    r = f.head_radius
    f.add(Part(_colour(f, word, f.main), (x, y + r * 0.8, z - 0.35 * r), (r * 0.74, r * 0.95, r * 0.42), group=2))
    f.add(pair(Part("white", (x + 0.5 * r, y + r * 1.35, z - 0.25 * r), (0.7, 0.7, 0.8))))


def teeth(f: Frame, _: str) -> None:
    """Two front teeth."""
    x, y, z = f.head
    r = f.head_radius
    f.add(Part("white", (x, y + r * 1.02, z - 0.52 * r), (0.9, 0.7, 1.0), flat=True))


def cheeks(f: Frame, word: str) -> None:
    """Coloured cheeks."""
    x, y, z = f.head
    r = f.head_radius
    f.add(
        pair(Part(word or "red", (x + 0.80 * r, y + 0.60 * r, z - 0.32 * r), (0.26 * r, 0.24 * r, 0.26 * r), flat=True))
    )


def gem(f: Frame, word: str) -> None:
    """A mark on the forehead."""
    x, y, z = f.head
    r = f.head_radius
    f.add(Part(word or f.accent, (x, y + 0.80 * r, z + 0.62 * r), (0.26 * r, 0.22 * r, 0.26 * r), flat=True))


def mouth(f: Frame, word: str) -> None:
    """A wide mouth."""
    x, y, z = f.head
    r = f.head_radius
    f.add(Part(word or "crimson", (x, y + 0.90 * r, z - 0.42 * r), (0.44 * r, 0.22 * r, 0.18 * r), flat=True))


def hands(f: Frame, word: str) -> None:
    """Big fists, claws or leaf blades in front."""
    x, _, z = f.body
    rx, ry, _ = f.body_radii
    f.add(pair(Part(word or f.accent, (x + rx + 1.8, ry * 0.5 + 2.4, z + 0.6), (2.2, 2.4, 2.2))))


def blades(f: Frame, word: str) -> None:
    """Scythes, swords or long leaves for hands."""
    x, _, z = f.body
    rx = f.body_radii[0]
    for side in (-1, 1):
        f.add(rod(word or "silver", (x + side * (rx + 2.0), 3.0, z), (x + side * (rx + 3.4), 6.4, z + 6), 1.2, 0.7))


def spikes(f: Frame, word: str) -> None:
    """Spikes all round a ball."""
    x, y, z = f.body
    rx, ry, rz = f.body_radii
    for dx, dy, dz in (
        (1, 0, 0.5),
        (-1, 0, 0.5),
        (0.7, 0.8, 0),
        (-0.7, 0.8, 0),
        (0.6, -0.8, 0.4),
        (-0.6, -0.8, 0.4),
        (0, 0.3, 1.15),
        (1, 0.1, -0.5),
        (-1, 0.1, -0.5),
    ):
        f.add(Part(word or f.accent, (x + dx * rx, y + dy * ry, z + dz * rz), (1.2, 1.2, 1.5)))


def collar(f: Frame, word: str) -> None:
    """A ring round the neck."""
    x, y, z = f.head
    r = f.head_radius
    f.add(Part(word or f.accent, (x, y - 0.3 * r, z - 0.92 * r), (r * 0.86, r * 0.8, r * 0.26)))


def hair(f: Frame, word: str) -> None:
    """Hair or helmet over the upper head."""
    x, y, z = f.head
    r = f.head_radius
    f.add(Part(word or f.accent, (x, y - 0.30 * r, z + 0.34 * r), (r * 1.14, r * 1.02, r * 0.86), group=61))


def cap(f: Frame, word: str) -> None:
    """A wide cap, as of a mushroom or a lily pad."""
    x, y, z = f.head
    r = f.head_radius
    f.add(
        Part(
            word or f.accent,
            (x, y - 0.1 * r, z + 0.92 * r),
            (r * 1.35, r * 1.3, r * 0.5),
            pattern="spots" if "capspots" in f.words else "",
            second=f.second,
        )
    )


def wool(f: Frame, word: str) -> None:
    """Fluffy coat on the body."""
    x, y, z = f.body
    rx, ry, rz = f.body_radii
    for dx, dy, dz in (
        (0.6, 0.5, 0.5),
        (-0.6, 0.5, 0.5),
        (0.6, -0.5, 0.5),
        (-0.6, -0.5, 0.5),
        (0.9, 0, -0.1),
        (-0.9, 0, -0.1),
        (0, -1, 0.1),
        (0, 0, 0.9),
    ):
        f.add(
            Part(word or f.second, (x + dx * rx, y + dy * ry, z + dz * rz), (rx * 0.62, ry * 0.5, rz * 0.62), group=62)
        )


def flames(f: Frame, word: str) -> None:
    """Fire on the back."""
    x, y, z = f.body
    _, ry, rz = f.body_radii
    top = z + rz * 0.75
    for dx, dz, size in ((0, 4.6, 1.7), (2.6, 2.8, 1.7), (-2.6, 2.8, 1.7), (0, 2.0, 2.6)):
        f.add(Part("ember", (x + dx, y - ry * 0.75, top + dz), (size, size, size * 1.5), flat=True, group=63))
    f.add(Part(word or "yellow", (x, y - ry * 0.55, top + 2.2), (1.9, 1.6, 2.4), flat=True, group=63))


FEATURES: Mapping[str, Callable[[Frame, str], None]] = {
    "ears": ears, "tips": tips, "horn": horn, "horns": horns, "antenna": antenna, "crest": crest, "tuft": tuft,
    "mane": mane, "ridge": ridge, "quills": quills, "shell": shell, "bulb": bulb_on_back, "flower": flower,
    "petals": petals, "leaves": leaves, "tail": tail, "wings": wings, "snout": snout, "beak": beak, "jaw": jaw,
    "teeth": teeth, "cheeks": cheeks, "gem": gem, "mouth": mouth, "hands": hands, "blades": blades, "spikes": spikes,
    "collar": collar, "hair": hair, "cap": cap, "wool": wool, "flames": flames,
}  # fmt: skip
"""Feature by the word of the species table."""

STYLE_WORDS = frozenset({
    "skin", "face", "headcolour", "eyes", "wing", "wingskin", "ring", "feet", "four", "inner", "plates", "onhead",
    "tailtip", "capspots", "lift",
})  # fmt: skip
"""Words that a plan or another feature reads; they add nothing by themselves."""
