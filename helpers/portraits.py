"""Draws faces from factors: every shape a formula, every edge antialiased, no noise.

Coordinates: (u, v) in the picture from -1 to 1, right and down; (px, py) in the upright head,
whose centre is 0; (X, Y) on the face as seen from the front. Turning the head (yaw, pitch)
moves points of the face over an ellipsoid, so all features are drawn once, in (X, Y).
Shape letters: B pictures, H = W pixels. A factor is a (B, 1, 1) tensor.
"""

import math

import torch

from helpers.messages import bad

# The Monk Skin Tone scale (Ellis Monk, 2022, skintone.google, CC BY 4.0), light to dark
SKIN = "f6ede4 f3e7db f7ead0 eadaba d7bd96 a07e56 825c43 604134 3a312a 292420"
HAIR = "1d1816 3a261c 5e3a24 86492a c08a48 e0c58c b4b0ac"
EYES = "2f1d12 5f3c20 75662f 4b7a50 3f7cb0 8aa0ae"


def _palette(colours, position):
    """The colour at `position` in [0, 1] along a list of hex colours: (B, 1, 1) -> (B, 3, 1, 1)."""
    rgb = torch.tensor([[int(c[i : i + 2], 16) / 255 for i in (0, 2, 4)] for c in colours.split()])
    place = position.flatten().clamp(0, 1) * (len(rgb) - 1)
    low = place.long().clamp(max=len(rgb) - 2)
    colour = torch.lerp(rgb[low], rgb[low + 1], (place - low)[:, None])
    return colour[:, :, None, None]


def _rgb(red, green, blue):
    return torch.tensor([red, green, blue])[:, None, None]


def _hue(angle, middle, swing):
    """A colour wheel: (B, 1, 1) turns -> (B, 3, 1, 1), each channel `middle` +- `swing`."""
    shift = _rgb(0, 1 / 3, 2 / 3)
    return middle + swing * torch.cos(2 * math.pi * (angle[:, None] - shift))


def _ellipse(x, y, rx, ry):
    """Signed distance to an ellipse round 0, first order: negative inside."""
    f = (x / rx) ** 2 + (y / ry) ** 2 - 1
    return f / (2 * torch.hypot(x / rx**2, y / ry**2) + 1e-6)


def _soft(distance, width):
    """Coverage of a shape whose edge is `width` wide: 1 inside, 0 outside."""
    return (0.5 - distance / width).clamp(0, 1)


def _glow(x, y, rx, ry):
    """A soft spot: 1 in the middle, fading like a Gaussian."""
    return torch.exp(-((x / rx) ** 2) - (y / ry) ** 2)


def _paint(canvas, colour, cover):
    """Lays a colour (3 numbers or a picture) over the canvas where `cover` (B, H, W) says."""
    canvas.lerp_(torch.as_tensor(colour).expand_as(canvas), cover[:, None])


def draw(factors, size=64, without=()):
    """Portraits from factors.

    factors: dict of name -> (B,) float tensor, in the units of `helpers.faces.FACTORS`.
    without: what is left out, ("mouth",) or nothing; ValueError for anything else.
    Returns a (B, size, size, 3) uint8 tensor.
    """
    if unknown := set(without) - {"mouth"}:
        raise bad("without", repr(unknown.pop()), "'mouth'")
    f = {name: value.float()[:, None, None] for name, value in factors.items()}
    axis = (torch.arange(size) + 0.5) / size * 2 - 1
    u, v = axis[None, None, :], axis[None, :, None]
    bx, by = (u - f["x"]) / f["size"], (v - f["y"]) / f["size"]  # the body: not tilted
    tilt = torch.deg2rad(f["tilt"])
    px = torch.cos(tilt) * bx + torch.sin(tilt) * by
    py = torch.cos(tilt) * by - torch.sin(tilt) * bx
    f["pixel"] = 2 / size / f["size"]  # one pixel, in head units
    skin = _rgb(0.12, 0.08, 0.06) + 0.86 * _palette(SKIN, f["skin_tone"])  # as in warm light
    hair = _palette(HAIR, f["hair_colour"])

    sphere_x, sphere_y = 1.2 * f["face_width"], 1.2 * f["face_height"]
    nx, ny = (px / sphere_x).clamp(-0.98, 0.98), (py / sphere_y).clamp(-0.98, 0.98)
    yaw, pitch = torch.deg2rad(f["yaw"]), torch.deg2rad(f["pitch"])
    X = sphere_x * torch.sin(torch.asin(nx) - yaw)  # (B, H, W)
    Y = sphere_y * torch.sin(torch.asin(ny) - pitch)
    turned = torch.sin(yaw)
    nz = (1 - nx**2 - ny**2).clamp(min=0).sqrt()
    side = torch.deg2rad(f["light"])
    light = 0.72 + 0.36 * (nx * torch.sin(side) - 0.35 * ny + nz * torch.cos(side))
    light = light[:, None]  # (B, 1, H, W)

    canvas = _background(f, u, v)
    _body(canvas, f, bx, by, px, py, skin, hair, light, turned)
    head = _head(canvas, f, px, py, skin, light)
    _skin_details(canvas, f, X, Y, skin, hair, head, turned)
    if "mouth" not in without:
        _mouth(canvas, f, X, Y, skin)
    _eyes(canvas, f, X, Y, skin, hair, head)
    _hair(canvas, f, px, py, X, Y, hair, light)
    _glasses(canvas, f, X, Y, head)
    pictures = (canvas.clamp(0, 1) * 255).round().to(torch.uint8)
    return pictures.permute(0, 2, 3, 1).contiguous()  # (B, 3, H, W) -> (B, H, W, 3)


def _background(f, u, v):
    colour = _hue(f["background_hue"], f["background_light"][:, None], 0.10)
    halo = 0.10 * _glow(u, v + 0.2, 0.9, 0.9) - 0.08 * v
    return colour + halo[:, None]


def _body(canvas, f, bx, by, px, py, skin, hair, light, turned):
    """Hair behind the head, shoulders, neck, ears."""
    pixel, long = f["pixel"], f["hair_length"]
    width, height = f["face_width"], f["face_height"]
    behind = _ellipse(px + 0.10 * turned, py - 0.42 * long + 0.03, width * (1.02 + 0.30 * long),
                      height * (0.98 + 0.42 * long))
    _paint(canvas, hair * (light - 0.25), _soft(behind, pixel) * (long > 0.12))

    shirt = _hue(f["clothes_hue"], 0.45, 0.22)
    shade = 1.05 - 0.18 * bx.abs()[:, None]
    shoulders = _ellipse(bx, by - 1.32, 0.98, 0.62)
    _paint(canvas, shirt * shade, _soft(shoulders, pixel))
    neckline = _ellipse(bx, by - 0.74, 0.27, 0.17)
    _paint(canvas, shirt * 0.72, _soft(neckline - 0.03, pixel) * _soft(shoulders, pixel))
    neck = torch.maximum((bx.abs() - 0.62 * width + 0.25 * (by - 0.6) ** 2), 0.2 - by)
    neck = torch.minimum(torch.maximum(neck, by - 0.8), neckline)
    under_chin = 0.9 - 0.28 * _glow(bx, by - height, 0.5, 0.17)
    _paint(canvas, skin * under_chin[:, None], _soft(neck, pixel))

    for sign in (-1, 1):
        ear = _ellipse(px - sign * width * torch.cos(0.5 * turned) + 0.10 * turned, py - 0.02,
                       0.085, 0.135)
        _paint(canvas, skin * (light - 0.10), _soft(ear, pixel))


def _outline(f, px, py, grow):
    """Signed distance to the head: an ellipse whose jaw is narrower than its brow."""
    jaw = (py / f["face_height"]).clamp(-0.3, 1)
    width = f["face_width"] * (1.0 - 0.17 * jaw * jaw.abs())
    return _ellipse(px, py, width * grow, f["face_height"] * grow)


def _head(canvas, f, px, py, skin, light):
    head = _soft(_outline(f, px, py, 1.0), f["pixel"])
    warm = _rgb(1.0, 0.97, 0.94)  # shadows on skin are warm
    _paint(canvas, skin * light * warm ** ((1 - light).clamp(min=0) * 4), head)
    return head


def _skin_details(canvas, f, X, Y, skin, hair, head, turned):
    """Cheeks, beard and nose."""
    for sign in (-1, 1):
        cheek = _glow(X - sign * 0.27, Y - 0.15, 0.13, 0.10)
        _paint(canvas, skin * _rgb(1.0, 0.74, 0.70), 0.55 * cheek * head)

    out = (X.abs() - 0.08).clamp(min=0)
    upper = 0.225 + 0.75 * out - 3.2 * out * out - Y  # moustache, then down and up to the ear
    lips = _ellipse(X, Y - 0.335, 0.125, 0.062)
    beard = _soft(upper, 0.07) * _soft(-lips, 0.05) * head
    _paint(canvas, 0.52 * hair + 0.22 * skin, 0.84 * f["beard"] * beard)

    tip = 0.16 * turned  # the nose stands out of the face, so it moves more
    bridge = _glow(X - 0.75 * tip + 0.0015 * f["light"], Y - 0.02, 0.055, 0.17)
    _paint(canvas, skin * 0.74, 0.34 * bridge * head)
    _paint(canvas, skin * 1.12 + 0.03, 0.55 * _glow(X - tip, Y - 0.12, 0.045, 0.06))
    for sign in (-1, 1):
        nostril = _glow(X - tip - sign * 0.048, Y - 0.182, 0.034, 0.022)
        _paint(canvas, skin * 0.42, 0.75 * nostril)


def _mouth(canvas, f, X, Y, skin):
    smile, opened, pixel = f["smile"], f["mouth_open"], f["pixel"] * 1.1
    width = 0.150 + 0.050 * smile.clamp(min=0)
    across = (X / width) ** 2  # 0 in the middle, 1 at the corners
    within = (1 - across).clamp(min=0)
    root = within.sqrt()
    centre = 0.33 + 0.055 * smile * (1 - 1.9 * across.clamp(max=1.2)) + 0.02 * opened
    gap = 0.075 * opened * root
    from_centre = (Y - centre).abs()
    there = _soft((X.abs() - width), pixel)
    red = skin * _rgb(0.86, 0.52, 0.50) + 0.03
    _paint(canvas, red, _soft(from_centre - gap - 0.036 * root, pixel) * there)
    inside = _soft(from_centre - gap, pixel) * there * (opened / 0.15).clamp(max=1)
    _paint(canvas, _rgb(0.30, 0.09, 0.10), inside)
    teeth = inside * _soft(Y - centre - 0.15 * gap, pixel)
    _paint(canvas, _rgb(0.97, 0.96, 0.93), teeth)
    line = _soft(from_centre - 0.008, pixel) * there
    _paint(canvas, red * 0.5, 0.9 * line * (1 - opened / 0.15).clamp(min=0))


def _eyes(canvas, f, X, Y, skin, hair, head):
    apart = 0.42 * f["face_width"]
    pixel, opened = f["pixel"], f["eye_open"]
    iris_colour = _palette(EYES, f["eye_colour"])
    brow_height = 0.205 + 0.045 * f["brows"]
    for sign in (-1, 1):
        x, y = X - sign * apart, Y + 0.055
        _paint(canvas, skin * 0.70, 0.40 * _glow(x, y + 0.01, 0.15, 0.11) * head)
        lid = _ellipse(x, y, 0.118, 0.012 + 0.072 * opened)
        white = _soft(lid, pixel)
        _paint(canvas, _rgb(0.96, 0.96, 0.95), white)
        iris = torch.hypot(x, y)
        _paint(canvas, iris_colour * 0.45, white * _soft(iris - 0.068, pixel))
        _paint(canvas, iris_colour * 1.25, white * _soft(iris - 0.052, pixel))
        _paint(canvas, 0.04, white * _soft(iris - 0.027, pixel))
        spark = torch.hypot(x - 0.024, y + 0.026) - 0.018
        _paint(canvas, 1.0, white * _soft(spark, pixel))
        lashes = _soft(lid.abs() - 0.012, pixel) * _soft(y - 0.004, 0.03)
        _paint(canvas, skin * 0.22, 0.9 * lashes * head)

        outward = sign * x  # > 0 towards the temple
        arch = -brow_height - 0.012 * f["brows"] * (-outward / 0.12).clamp(-1, 1) + 1.6 * x**2
        thin = 0.024 - 0.07 * outward.clamp(min=0)
        brow = torch.maximum((Y - arch).abs() - thin, x.abs() - 0.145)
        _paint(canvas, hair * 0.62, 0.92 * _soft(brow, pixel * 1.2) * head)


def _hair(canvas, f, px, py, X, Y, hair, light):
    """Hair in front: the head's cap, parted on one side, running down the temples."""
    long, width = f["hair_length"], f["face_width"]
    cap = _outline(f, px, py + 0.045, 1.12)
    parting = X + 0.36 * width  # the forehead ends in two arcs that meet here
    arc = torch.where(parting > 0, 0.55 * (parting - 0.30) ** 2, 1.9 * (parting + 0.05) ** 2)
    fringe = -f["hairline"] - 0.03 + arc - Y
    temple = X.abs() - width * (1.0 - 0.12 * long)
    corner = 0.10  # how round the forehead's corners are
    face = torch.hypot((fringe + corner).clamp(min=0), (temple + corner).clamp(min=0)) - corner
    face = torch.maximum(face, _outline(f, px, py, 0.97))  # no gap between skin and hair
    ends = Y - (-0.06 + 0.62 * long)
    front = torch.maximum(torch.maximum(cap, -face), ends)
    strands = 0.05 * torch.sin(34 * (X + 0.36 * width) / (1.25 + Y)) + 0.04 * torch.sin(19 * X)
    gloss = 1 + 0.38 * _glow(px + 0.10, py + 0.92 * f["face_height"] - 0.1, 0.30, 0.07) + strands
    _paint(canvas, hair * (light + 0.02) * gloss[:, None], _soft(front, f["pixel"]))


def _glasses(canvas, f, X, Y, head):
    apart, pixel = 0.42 * f["face_width"], f["pixel"]
    bar = (Y + 0.075).abs() - 0.014
    bar = torch.maximum(bar, 0.165 - (X.abs() - apart).abs())  # bridge and temples only
    rim = torch.full_like(bar, 9.0)
    for sign in (-1, 1):
        x, y = (X - sign * apart) / 0.172, (Y + 0.045) / 0.142
        rim = torch.minimum(rim, (x**4 + y**4).sqrt().sqrt())  # a rounded rectangle
    rim = (rim - 1) * 0.155
    _paint(canvas, 1.0, 0.13 * f["glasses"] * _soft(rim, pixel))
    frame = torch.maximum(_soft(bar, pixel) * head, _soft(rim.abs() - 0.015, pixel))
    _paint(canvas, _rgb(0.10, 0.10, 0.13), 0.95 * f["glasses"] * frame)
