"""Body plans: what a biped, a bird, a fish... looks like as a solid model, from three colours and a list of features.

A plan places body and head in a `Frame`; the features of `features.py` (ears, tails, wings...) hang on that frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from pmd_gym.simulator.art.solid import Eye, Part, Vector, pair, rod

Colour = str | int


@dataclass(slots=True)
class Frame:
    """A creature under construction: parts so far, and where features may be fixed."""

    main: Colour
    second: Colour
    accent: Colour
    words: Mapping[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    eyes: list[Eye] = field(default_factory=list)
    lift: float = 0.0
    head: Vector = (0.0, 0.0, 0.0)
    head_radius: float = 5.0
    body: Vector = (0.0, 0.0, 0.0)
    body_radii: Vector = (4.0, 4.0, 5.0)
    tail: Vector = (0.0, -4.0, 5.0)

    def add(self, *entries: Part | list[Part]) -> None:
        """Append parts and lists of parts."""
        for entry in entries:
            self.parts.extend([entry] if isinstance(entry, Part) else entry)

    def pattern(self, default: str = "") -> str:
        """Pattern of the skin named by the features, else `default`."""
        return self.words.get("skin", default)

    def set_body(self, centre: Vector, radii: Vector, pattern: str = "") -> None:
        """The trunk."""
        self.body, self.body_radii = centre, radii
        self.tail = (0.0, centre[1] - radii[1] * 0.85, centre[2] - radii[2] * 0.3)
        self.add(Part(self.main, centre, radii, pattern=self.pattern(pattern), second=self.second, group=1))

    def set_head(self, centre: Vector, radius: float, flat: float = 0.92) -> None:
        """A head with eyes; the feature `face` paints the front of it."""
        self.head, self.head_radius = centre, radius
        pattern = self.words.get("face", "")
        colour = self.accent if "headcolour" in self.words else self.main
        self.add(
            Part(colour, centre, (radius * 1.06, radius, radius * flat), pattern=pattern, second=self.second, group=2)
        )
        self.set_eyes(centre, radius)

    def set_eyes(self, centre: Vector, radius: float, height: float = 0.12) -> None:
        """Two eyes on a ball of `radius` round `centre`."""
        style = self.words.get("eyes", "dot")
        if style == "none":
            return
        x, y, z = centre
        for side in (-1, 1):
            at = (x + side * radius * 0.52, y + radius * 0.86, z + radius * height)
            self.eyes.append(Eye(at, (side * 0.62, 1.0, 0.08), style))

    def legs(self, x: float, y: float, height: float, radius: float, colour: Colour | None = None) -> None:
        """A pair of feet."""
        centre = (x, y + 0.9, height / 2)
        self.add(pair(Part(colour or self.main, centre, (radius, radius * 1.35, height / 2 + 0.4))))

    def arms(self, x: float, z: float, radius: float, length: float = 2.4) -> None:
        """A pair of arms hanging a little forward."""
        self.add(pair(Part(self.main, (x, 1.8, z), (radius, length, radius), turn=(-25, -30))))


def biped(f: Frame) -> None:
    """Small creature on two feet with a big head."""
    f.set_body((0, 0, 7.2), (4.6, 4.2, 5.4), "belly")
    f.set_head((0, 1.2, 14.8), 5.3)
    f.legs(2.7, 0.4, 3.6, 1.9)
    f.arms(5.0, 8.6, 1.5)


def broad(f: Frame) -> None:
    """Heavy creature on two feet."""
    f.set_body((0, 0, 8.2), (6.6, 5.6, 6.8), "belly")
    f.set_head((0, 2.2, 16.4), 4.7)
    f.legs(3.6, 0.6, 4.2, 2.5)
    f.arms(7.4, 10.0, 2.2, 3.6)


def slim(f: Frame) -> None:
    """Upright creature with long legs."""
    f.add(pair(Part(f.main, (2.0, 0, 3.4), (1.5, 1.7, 3.6))), pair(Part(f.accent, (2.2, 1.2, 0.9), (1.6, 2.4, 1.1))))
    f.set_body((0, 0, 9.6), (3.6, 3.2, 4.8), "belly")
    f.add(pair(rod(f.main, (3.6, 0.5, 12.4), (5.4, 2.6, 8.0), 1.4, 1.3, 4)[0]))
    f.add(
        rod(f.main, (3.6, 0.5, 12.2), (5.6, 2.8, 8.0), 1.3, 1.4),
        rod(f.main, (-3.6, 0.5, 12.2), (-5.6, 2.8, 8.0), 1.3, 1.4),
    )
    f.set_head((0, 1.0, 17.0), 4.4)


def robed(f: Frame) -> None:
    """Upright creature in a gown or with a skirt of leaves, no legs to be seen."""
    f.add(Part(f.second, (0, 0, 3.6), (5.2, 4.8, 4.0), group=6))
    f.set_body((0, 0, 8.6), (3.4, 3.0, 4.6))
    f.arms(4.6, 9.6, 1.3, 2.6)
    f.set_head((0, 0.8, 15.6), 4.8)


def quad(f: Frame) -> None:
    """Small creature on four feet."""
    f.set_body((0, -0.8, 6.0), (4.3, 6.0, 4.2))
    for y in (3.0, -4.4):
        f.add(pair(Part(f.main, (2.8, y + 0.3, 1.9), (1.7, 1.9, 2.3))))
    f.set_head((0, 5.0, 10.6), 4.9)


def horse(f: Frame) -> None:
    """Creature on four long legs with a neck."""
    f.set_body((0, -0.8, 9.4), (3.9, 6.4, 4.0))
    for y in (3.2, -5.0):
        f.add(
            pair(Part(f.main, (2.4, y, 4.6), (1.25, 1.4, 4.0))),
            pair(Part(f.second, (2.4, y + 0.3, 1.0), (1.45, 1.7, 1.4))),
        )
    f.add(rod(f.main, (0, 4.0, 11), (0, 6.4, 15), 2.5, 2.2, 1))
    f.set_head((0, 7.4, 16.2), 3.7)
    f.add(Part(f.main, (0, 10.2, 14.8), (2.1, 2.6, 1.9), group=2))


def beast(f: Frame) -> None:
    """Large four-legged creature."""
    f.set_body((0, -1.2, 8.2), (5.8, 7.6, 5.6))
    for y in (3.4, -5.4):
        f.add(pair(Part(f.main, (3.8, y, 3.0), (2.1, 2.3, 3.2))))
    f.set_head((0, 6.6, 12.4), 4.9)


def seal(f: Frame) -> None:
    """Creature lying on its belly with flippers."""
    f.set_body((0, -1.6, 4.8), (4.8, 6.6, 4.6), "chin")
    f.add(pair(Part(f.main, (5.6, 2.0, 2.0), (3.0, 1.9, 1.1), turn=(-25, 0))))
    f.add(pair(Part(f.main, (1.9, -9.0, 2.4), (1.7, 2.6, 1.0), turn=(-25, 10))))
    f.set_head((0, 4.0, 9.8), 4.8)


def bird(f: Frame) -> None:
    """Bird standing on thin legs with folded wings and a beak."""
    f.set_body((0, -0.6, 6.6), (4.5, 5.0, 4.8), "belly")
    f.add(
        pair(rod(f.accent, (1.8, 0.2, 2.6), (1.9, 0.6, 0.6), 0.8, 0.9)[0]),
        pair(Part(f.accent, (1.9, 1.4, 0.6), (1.0, 1.9, 0.7))),
    )
    f.add(
        pair(
            Part(
                f.main,
                (4.4, -1.4, 7.2),
                (1.4, 4.4, 3.2),
                turn=(0, 16),
                pattern="end",
                second=f.words.get("wing", f.main),
            )
        )
    )
    f.add(Part(f.main, (0, -6.8, 6.0), (2.4, 3.4, 1.1), turn=(0, -14)))
    f.set_head((0, 2.2, 12.6), 4.5)
    f.add(Part(f.accent, (0, 6.9, 11.8), (1.2, 2.2, 1.1)))


def flyer(f: Frame) -> None:
    """Creature in the air on two spread wings."""
    f.lift = 5.0
    f.set_body((0, 0, 5.6), (3.6, 4.4, 3.9), "belly")
    wing = f.words.get("wing", f.second)
    for side in (-1, 1):
        f.add(rod(f.main, (side * 3, -0.5, 7.0), (side * 8, -1.2, 10.5), 1.5, 1.2, 4))
        f.add(Part(wing, (side * 8.4, -1.8, 8.0), (4.6, 3.2, 1.2), turn=(side * 14, 24), group=5))
        f.add(Part(wing, (side * 11.2, -2.6, 9.8), (2.6, 2.4, 1.0), turn=(side * 20, 24), group=5))
    f.set_head((0, 3.2, 9.2), 4.2)


def serpent(f: Frame) -> None:
    """Snake: a coil on the ground and a raised neck."""
    coil = [(4.2, -2.4), (5.0, 1.0), (2.8, 3.6), (-1.0, 4.2), (-4.4, 2.2), (-5.0, -1.4), (-2.6, -4.0), (1.2, -4.6)]
    for index, (x, y) in enumerate(coil):
        f.add(Part(f.main if index % 2 else f.words.get("ring", f.main), (x, y, 2.3), (2.7, 2.7, 2.3), group=1))
    f.body, f.body_radii, f.tail = (0, -1.0, 6.0), (3.0, 3.0, 4.0), (0, -5.0, 4.0)
    f.add(
        rod(f.main, (0, -2.6, 4.6), (0, 0.6, 10.4), 2.7, 2.3, 1),
        Part(f.second, (0, 1.6, 7.6), (1.8, 2.2, 3.4), turn=(0, -22)),
    )
    f.set_head((0, 2.6, 13.2), 4.2, 0.86)


def wyrm(f: Frame) -> None:
    """Long giant serpent rising from the ground."""
    path = [(0, -10, 2.6), (5, -8, 3), (6, -3, 3.2), (2, 0, 4), (-3, -1, 6), (-4, -3, 9.5), (-1, -3, 13), (0, 0, 16)]
    for index, (x, y, z) in enumerate(path):
        colour = f.main if index % 2 else f.words.get("ring", f.main)
        radius = 2.4 + 0.28 * index
        f.add(Part(colour, (x, y, z), (radius, radius, radius), pattern=f.pattern("chin"), second=f.second, group=1))
    for start, end in pairwise(path):
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, (start[2] + end[2]) / 2)
        f.add(Part(f.main, middle, (2.7, 2.7, 2.7), group=1))
    f.body, f.body_radii, f.tail = (0, -3.0, 11.0), (3.6, 3.6, 5.0), (0, -11.0, 3.0)
    f.set_head((0, 3.2, 19.0), 4.8, 0.86)
    f.add(Part(f.main, (0, 7.0, 17.6), (3.0, 3.0, 2.2), group=2))


def worm(f: Frame) -> None:
    """Caterpillar of round segments."""
    for index, y in enumerate((-8.4, -5.6, -2.6, 0.6)):
        radius = 2.7 + 0.4 * index
        f.add(Part(f.main, (0, y, radius + 0.2), (radius, radius * 0.86, radius), pattern=f.pattern(), second=f.second))
        f.add(pair(Part(f.second, (radius * 0.7, y + 0.3, 0.9), (0.9, 0.9, 1.1))))
    f.body, f.body_radii, f.tail = (0, -3.0, 4.0), (3.8, 5.0, 4.0), (0, -10.0, 4.0)
    f.set_head((0, 4.2, 7.4), 4.7)


def cocoon(f: Frame) -> None:
    """Hard pod standing on its tip."""
    f.set_body((0, -0.6, 7.0), (4.6, 4.4, 7.2), "rings")
    f.add(Part(f.main, (0, -2.2, 12.0), (3.4, 3.4, 3.6), group=1))
    f.add(Part(f.main, (0, -3.2, 3.0), (3.0, 3.4, 3.0), group=1))
    f.head, f.head_radius = (0, 0.2, 9.0), 4.2
    f.set_eyes((0, -0.4, 9.0), 4.4)


def beetle(f: Frame) -> None:
    """Low insect on six legs."""
    f.add(Part(f.main, (0, -3.4, 5.0), (5.0, 5.2, 4.3), pattern=f.pattern(), second=f.second, group=1))
    for y in (-5.0, -1.6, 1.8):
        f.add(
            pair(rod(f.accent, (3.6, y, 3.6), (6.8, y + 0.8, 0.8), 0.9, 0.8)[1]),
            pair(Part(f.accent, (5.4, y + 0.4, 2.2), (1.9, 0.8, 0.8), turn=(0, 0))),
        )
        f.add(pair(Part(f.accent, (6.8, y + 0.8, 0.9), (0.9, 0.9, 1.0))))
    f.body, f.body_radii, f.tail = (0, -3.0, 5.0), (4.8, 5.0, 4.0), (0, -8.0, 4.0)
    f.set_head((0, 3.6, 6.4), 4.0)


def moth(f: Frame) -> None:
    """Insect in the air on broad wings."""
    f.lift = 4.0
    wing = f.words.get("wing", "white")
    for side in (-1, 1):
        f.add(
            Part(
                wing,
                (side * 6.6, -2.2, 12.0),
                (5.2, 1.3, 4.8),
                turn=(side * 26, 0),
                pattern=f.words.get("wingskin", "tip"),
                second=f.accent,
            )
        )
        f.add(
            Part(
                wing,
                (side * 5.8, -2.4, 5.6),
                (3.8, 1.1, 3.4),
                turn=(side * 26, 0),
                pattern=f.words.get("wingskin", ""),
                second=f.accent,
            )
        )
    f.set_body((0, 0, 5.4), (3.0, 3.0, 4.6), "rings")
    f.set_head((0, 1.2, 11.4), 4.3)


def wasp(f: Frame) -> None:
    """Thin insect with narrow wings in the air."""
    f.lift = 5.0
    for side in (-1, 1):
        f.add(Part(f.words.get("wing", "ice"), (side * 6.6, -2.6, 12.6), (5.6, 2.0, 0.9), turn=(side * 24, -30)))
    f.add(
        Part(
            f.second,
            (0, -5.2, 4.4),
            (2.5, 4.4, 2.7),
            turn=(0, 30),
            pattern=f.pattern("stripes"),
            second="coal",
            group=1,
        )
    )
    f.set_body((0, -0.4, 7.4), (2.9, 3.2, 3.2))
    f.set_head((0, 2.6, 11.4), 4.1)


def ball(f: Frame) -> None:
    """Round creature that is mostly face."""
    f.set_body((0, 0, 7.4), (6.4, 6.0, 6.2), "")
    f.head, f.head_radius = (0, 0.4, 8.2), 6.0
    f.set_eyes((0, 0, 8.6), 6.0)
    if "feet" in f.words:
        f.legs(3.2, 1.6, 2.6, 2.0, f.accent)


def slime(f: Frame) -> None:
    """Shapeless mass flowing over the ground."""
    f.add(
        Part(f.main, (0, 0, 2.6), (7.6, 7.0, 2.9), group=1), Part(f.second, (3.6, 3.6, 1.6), (3.0, 2.6, 1.6), group=1)
    )
    f.add(Part(f.main, (-4.2, 2.4, 2.2), (3.2, 3.2, 2.2), group=1))
    f.set_body((0, -0.4, 6.8), (4.9, 4.6, 5.8))
    f.head, f.head_radius = (0, 0, 9.0), 4.6
    f.set_eyes((0, -0.4, 9.0), 4.6)


def ghost(f: Frame) -> None:
    """Spirit in the air with a trailing hem."""
    f.lift = 5.0
    f.add(
        Part(f.second, (0, -3.4, 2.0), (2.6, 3.2, 3.0), turn=(0, 24), group=1),
        Part(f.second, (0, -5.6, -0.6), (1.4, 2.2, 1.6), group=1),
    )
    f.set_body((0, 0, 5.0), (4.0, 3.8, 4.4))
    f.set_head((0, 0.4, 9.4), 5.2)


def orb(f: Frame) -> None:
    """Ball floating in the air."""
    f.lift = 4.0
    f.set_body((0, 0, 7.0), (5.8, 5.6, 5.6))
    f.head, f.head_radius = (0, 0, 7.6), 5.6
    f.set_eyes((0, 0, 7.8), 5.6)


def fish(f: Frame) -> None:
    """Fish, afloat a little over the ground."""
    f.lift = 3.0
    f.set_body((0, 0, 5.6), (3.9, 6.2, 4.6), "chin")
    f.add(
        Part(f.accent, (0, -7.6, 6.2), (1.1, 3.2, 3.9), turn=(0, -8)),
        Part(f.accent, (0, -1.0, 10.2), (1.0, 3.2, 2.2), turn=(0, -12)),
    )
    f.add(pair(Part(f.accent, (4.2, 0.4, 4.0), (2.2, 1.9, 0.9), turn=(-20, 0))))
    f.head, f.head_radius, f.tail = (0, 2.0, 6.4), 4.0, (0, -8.0, 6.0)
    f.set_eyes((0, 2.0, 6.2), 4.2)


def bulb(f: Frame) -> None:
    """Plant: round body on little feet; leaves and flowers come as features."""
    f.set_body((0, 0, 6.6), (5.0, 4.8, 5.2), "")
    f.head, f.head_radius = (0, 0.2, 7.6), 4.9
    f.set_eyes((0, 0, 7.4), 5.0)
    f.legs(2.4, 0.8, 2.4, 1.7, f.second)


def stalk(f: Frame) -> None:
    """Plant with a thin stem and a heavy head."""
    f.add(
        rod(f.accent, (0, 0, 1.0), (0, 0, 9.0), 1.3, 1.1),
        pair(Part(f.accent, (3.6, 0.8, 6.0), (3.2, 1.6, 0.9), turn=(-14, 10))),
    )
    f.add(pair(Part("brown", (1.7, 0.8, 0.8), (1.7, 1.5, 0.9))))
    f.body, f.body_radii = (0, 0, 6.0), (2.0, 2.0, 4.0)
    f.set_head((0, 0.8, 13.2), 5.0)


def crab(f: Frame) -> None:
    """Broad low body between two claws."""
    f.set_body((0, 0, 5.2), (6.0, 4.6, 4.2), "chin")
    for side in (-1, 1):
        f.add(rod(f.main, (side * 5.2, 2.0, 4.6), (side * 8.4, 4.0, 5.6), 1.2, 1.2))
        f.add(
            Part(f.accent, (side * 9.0, 5.6, 7.4), (2.4, 3.2, 2.6)),
            Part("white", (side * 9.0, 8.0, 8.2), (1.0, 1.2, 0.9)),
        )
        for y in (-2.6, 0.4):
            f.add(Part(f.second, (side * 6.0, y, 1.4), (1.5, 1.0, 1.6)))
    f.head, f.head_radius = (0, 0.6, 6.0), 4.8
    f.set_eyes((0, 0.4, 7.0), 4.4)


def star(f: Frame) -> None:
    """Five arms round a gem."""
    f.lift = 3.0
    for x, z in ((0, 15.4), (6.6, 10.4), (4.2, 3.0), (-4.2, 3.0), (-6.6, 10.4)):
        f.add(rod(f.main, (0, 0, 8.6), (x, 0, z), 3.0, 1.4, 1))
    f.add(Part(f.second, (0, 2.4, 8.6), (3.0, 1.6, 3.0)), Part(f.accent, (0, 3.4, 8.6), (1.8, 1.4, 1.8)))
    f.body, f.body_radii, f.head, f.head_radius = (0, 0, 8.6), (4.0, 2.0, 4.0), (0, 0, 10.0), 3.0


def jelly(f: Frame) -> None:
    """Dome over hanging arms."""
    f.lift = 3.0
    for x, y in ((4.0, 1.6), (-4.0, 1.6), (0.0, -3.6), (1.6, 3.4), (-1.6, 3.4)):
        f.add(rod(f.second, (x * 0.8, y * 0.8, 6.0), (x, y, 0.4), 1.2, 1.0))
    f.set_body((0, 0, 9.4), (5.6, 5.4, 5.4))
    f.head, f.head_radius = (0, 0, 9.0), 5.4
    f.set_eyes((0, 0, 7.4), 5.4)


def golem(f: Frame) -> None:
    """Boulder with arms."""
    f.set_body((0, 0, 8.0), (6.6, 5.8, 6.2), "shell")
    f.head, f.head_radius = (0, 0.4, 9.4), 5.6
    f.set_eyes((0, 0, 9.4), 5.8)
    f.legs(3.4, 0.8, 3.0, 2.3)
    f.add(
        rod(f.main, (6.4, 0.6, 9.0), (9.0, 2.4, 6.0), 1.8, 1.8),
        rod(f.main, (-6.4, 0.6, 9.0), (-9.0, 2.4, 6.0), 1.8, 1.8),
    )
    f.add(pair(Part(f.main, (9.2, 3.0, 4.6), (2.3, 2.3, 2.2))))


def trio(f: Frame) -> None:
    """Three round heads together."""
    for x, y, z, radius in (
        (0.0, 2.6, 5.0, 4.7),
        (5.0, -1.4, 5.2, 4.3),
        (-5.0, -1.4, 5.2, 4.3),
        (0.0, -2.2, 10.2, 4.3),
    ):
        if z > 10 and "four" not in f.words:
            z, y = 9.4, -3.0
        f.add(Part(f.main, (x, y, z), (radius, radius, radius), pattern=f.pattern(), second=f.second))
        f.set_eyes((x, y, z), radius)
    f.body, f.body_radii, f.head, f.head_radius = (0, 0, 6.0), (6.0, 5.0, 5.0), (0, 0, 9.6), 4.4


def mole(f: Frame) -> None:
    """Head and shoulders out of the ground."""
    f.add(Part("umber", (0, 0, 0.8), (6.8, 6.0, 1.9)))
    f.set_body((0, 0, 6.0), (4.4, 4.2, 6.6))
    f.head, f.head_radius = (0, 0, 8.2), 4.2
    f.add(Part(f.accent, (0, 4.2, 7.2), (1.9, 1.4, 1.3)))
    f.set_eyes((0, -0.2, 8.8), 4.4)


def clam(f: Frame) -> None:
    """Two shells with a face between them."""
    f.add(Part(f.main, (0, -0.6, 3.4), (6.4, 5.8, 3.4), pattern="rings", second=f.accent))
    f.add(Part(f.main, (0, -2.0, 9.0), (6.4, 4.6, 4.6), turn=(0, 24), pattern="rings", second=f.accent))
    f.add(Part(f.second, (0, 1.4, 6.0), (4.4, 4.2, 3.2)))
    f.body, f.body_radii, f.head, f.head_radius = (0, 0, 6.0), (6.0, 5.0, 5.0), (0, 0.8, 7.4), 4.8
    f.set_eyes((0, 1.2, 6.4), 4.4)


def dragon(f: Frame) -> None:
    """Tall heavy creature with neck, tail and room for wings."""
    f.set_body((0, 0, 9.0), (5.6, 5.2, 7.4), "belly")
    f.legs(3.4, 0.6, 5.0, 2.5)
    f.arms(6.2, 11.4, 1.6, 3.0)
    f.add(
        rod(f.main, (0, 1.0, 14.0), (0, 2.4, 18.6), 3.0, 2.4, 1),
        rod(f.main, (0, -4.4, 5.0), (0, -12.0, 3.0), 3.2, 1.3, 1),
    )
    f.set_head((0, 3.6, 20.6), 4.2)
    f.add(Part(f.main, (0, 7.2, 19.4), (2.4, 2.6, 1.9), group=2))
    f.tail = (0, -12.0, 3.0)


def bat(f: Frame) -> None:
    """Bat: small body, skin wings."""
    f.lift = 6.0
    f.set_body((0, 0, 6.0), (3.9, 3.7, 3.9))
    f.head, f.head_radius = (0, 0.2, 6.8), 3.9
    for side in (-1, 1):
        f.add(rod(f.main, (side * 2.6, -0.6, 7.2), (side * 9.0, -1.4, 11.4), 1.0, 0.8, 4))
        f.add(Part(f.second, (side * 7.4, -1.2, 7.4), (4.4, 1.0, 3.6), turn=(side * 14, 0)))
        f.add(Part(f.main, (side * 2.4, -0.6, 10.4), (1.4, 1.0, 2.8)))
    f.set_eyes((0, 0, 6.6), 3.9)
    f.add(Part("white", (0, 3.6, 4.8), (1.6, 0.8, 0.8)))


def magnet(f: Frame) -> None:
    """Steel ball with one eye and a magnet on each side."""
    f.lift = 5.0
    f.set_body((0, 0, 6.6), (4.6, 4.6, 4.6))
    f.head, f.head_radius = (0, 0, 7.6), 4.6
    f.add(
        Part("white", (0, 3.6, 7.4), (2.4, 1.6, 2.4), flat=True),
        Part("black", (0, 4.8, 7.4), (1.0, 0.9, 1.2), flat=True),
    )
    for side in (-1, 1):
        f.add(Part("silver", (side * 6.4, 0.6, 6.6), (1.8, 1.4, 3.0), pattern="top", second="red"))
        f.add(Part("silver", (side * 6.8, 3.0, 4.6), (1.2, 1.8, 1.0), pattern="tip", second="blue"))


def tree(f: Frame) -> None:
    """Trunk with a crown."""
    f.add(Part(f.main, (0, 0, 6.0), (3.4, 3.2, 6.6), pattern=f.pattern(), second=f.second, group=1))
    f.legs(2.4, 0.6, 2.6, 1.8)
    for x, y in ((5.0, 0.0), (-5.0, 0.0), (2.6, -4.4), (-2.6, -4.4), (3.0, 4.2), (-3.0, 4.2)):
        f.add(Part(f.accent, (x, y, 17.6), (4.6, 4.0, 1.8), group=8))
    f.body, f.body_radii = (0, 0, 7.0), (3.4, 3.2, 6.0)
    f.set_head((0, 0.8, 13.6), 4.6)


def tank(f: Frame) -> None:
    """Metal body between thick limbs."""
    f.set_body((0, 0, 7.4), (6.4, 5.6, 4.4))
    f.head, f.head_radius = (0, 2.0, 7.8), 4.8
    for side in (-1, 1):
        for y in (3.6, -3.6):
            f.add(
                rod(f.main, (side * 5.2, y, 7.0), (side * 8.0, y * 1.4, 3.6), 2.0, 2.2, 4),
                Part(f.accent, (side * 8.4, y * 1.5, 1.6), (2.4, 2.4, 1.9)),
            )
    f.set_eyes((0, 0.8, 7.6), 5.0)


PLANS: Mapping[str, Callable[[Frame], None]] = {
    plan.__name__: plan
    for plan in (biped, broad, slim, robed, quad, horse, beast, seal, bird, flyer, serpent, wyrm, worm, cocoon, beetle,
                 moth, wasp, ball, slime, ghost, orb, fish, bulb, stalk, crab, star, jelly, golem, trio, mole, clam,
                 dragon, bat, magnet, tree, tank)
}  # fmt: skip
"""Plan by name, as `species.txt` writes it."""
