"""New pictures from what `python -m helpers.train` has trained, and what judges say of them.

    python -m helpers.sample --run FOLDER --out FOLDER

engine.codes says how codes are drawn, and what is not. Judges look at the pictures as the files
hold them. Shape letters: N new pictures, C, H, W.
"""

import argparse
import math
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from helpers import ROOT, judges
from helpers.engine.codes import decode, draw_codes, fit_density, training_codes
from helpers.engine.options import given, number
from helpers.engine.runs import open_run
from helpers.faults import exit_code
from helpers.files import fresh_folder, whole_file
from helpers.intervals import interval
from helpers.messages import CourseError, both, say, speak_utf8, words
from helpers.models import VAE
from helpers.threads import CoreWatch, share_cores

LEAST = 16  # pictures that judges can compare
COLUMNS, SHOWN, SIDE = 10, 40, 128  # pictures of the sheet, and about how many pixels each has


def new_pictures(run, way, n, temperature=1.0, seed=0, look=lambda: None):
    """`n` new pictures (n, C, H, W) uint8, from codes that are drawn in this way.

    way: "gaussian", "mixture", or for a VAE "prior". look() is called now and then.
    """
    if way == "prior":
        shape = n, run.model.decoder[0].in_features
        z = temperature * torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    else:
        codes = training_codes(run.model, run.train, look)
        pca, mixture = density = fit_density(codes, way)
        share = 1 if pca is None else pca.explained_variance_ratio_.sum()
        say("sample_density", m=f"{len(codes):,}", components=mixture.n_components,
            kept=mixture.n_features_in_, z=f"{codes.shape[1]:,}", share=f"{share:.0%}")
        z = draw_codes(density, n, temperature, seed)
    parts = []
    for some in z.split(32):
        look()
        parts.append((255 * decode(run.model, some, run.size)).round().to(torch.uint8))
    return torch.cat(parts)


def nearest(x, train):
    """The training picture nearest to each of `x` (N, C, H, W), the same shape; train: Batches."""
    best, found = torch.full((len(x),), math.inf), torch.zeros(len(x), dtype=torch.long)
    for y, rows, _ in train:
        near, at = judges.distances(x, y).min(1)
        found = torch.where(near < best, rows[at], found)
        best = torch.minimum(near, best)
    return train.read(found)


def compare(drawn, real):
    """What judges say of pictures `drawn` and as many real ones, (N, C, H, W) in [0, 1]: a dict."""
    inside, covered = judges.precision_recall(real, drawn)
    classifier = judges.by_shape().set_params(pca__n_components=min(64, len(drawn) // 2))
    shares = {"precision": inside, "recall": covered,
              "accuracy": judges.two_sample(real, drawn, classifier)}
    told = {name: interval(np.asarray(share, float), range(len(share)))
            for name, share in shares.items()}
    return {**told, "MMD^2": judges.mmd2(real, drawn)}


def copied(drawn, train, unseen):
    """The copy ratio of pictures `drawn` and as many unseen ones, (N, C, H, W); train: Batches.

    Its training pictures are those nearest to the drawn ones: N others would miss most copies.
    """
    return judges.copy_ratio(drawn, nearest(drawn, train), unseen)


def judge(drawn, run):
    """What judges say of pictures `drawn` (N, C, H, W) in [0, 1], and of real ones in their place.

    Two dicts with an Interval or a number of each. The real ones are test pictures, where there are
    2 N of them, else training pictures; for copies one half of the test pictures, and the other.
    """
    def some(batches, n):
        order = torch.randperm(len(batches.dataset), generator=torch.Generator().manual_seed(0))
        return batches.read(order[:n])

    n = len(drawn)
    test = some(run.test, 2 * n)
    half = len(test) // 2  # n, where there are enough
    other = test[n:] if half == n else some(run.train, n)
    asked = (drawn, drawn[:half]), (other, test[half:2 * half])
    return [{**compare(x, test[:n]), "copy ratio": copied(part, run.train, test[:half])}
            for x, part in asked]


def tell(drawn, real, split):
    """Prints what judge() returned, and what is good. split: which real ones most judges saw."""
    print(f"\n{'':12}{'new':26}real")
    for name, value in drawn.items():
        spec = ".4f" if isinstance(value, float) else ".3f"
        print(f"{name:12}{value:{spec}}".ljust(38) + f"{real[name]:{spec}}")
    say(f"sample_real_{split}")
    for name in ("precision", "recall", "accuracy", "mmd", "copies"):
        say(f"sample_says_{name}")


def contact_sheet(new, near):
    """Rows of new pictures, below each on grey the near ones: (N, C, H, W) uint8 -> (H, W, C)."""
    scale, gap = max(1, SIDE // new.shape[-1]), 4
    step = scale * new.shape[-1] + gap
    high = 2 * step + 6 * gap  # of a row with the one below it
    sheet = np.full((-(-len(new) // COLUMNS) * high, COLUMNS * step + gap, 3), 255, np.uint8)
    for top in range(0, len(sheet), high):
        sheet[top + step + gap : top + 2 * step + 2 * gap] = 128
    for i, pictures in enumerate(zip(new, near, strict=True)):
        top, left = i // COLUMNS * high + gap, i % COLUMNS * step + gap
        for x in pictures:
            x = x.permute(1, 2, 0).numpy().repeat(scale, 0).repeat(scale, 1)
            sheet[top : top + len(x), left : left + len(x)] = x
            top += step + gap
    return sheet


def save(path, pixels):
    """Writes pixels (H, W, 3) uint8 to the PNG file `path`."""
    with whole_file(path) as file:
        Image.fromarray(pixels).save(file, "PNG")


def sample(options):
    """Does what the options say. Writes once everything is computed."""
    run = open_run(options.run.expanduser().absolute(), options.data, LEAST)
    if options.codes == "prior" and not isinstance(run.model, VAE):
        raise CourseError(both("sample_no_prior"))
    out = options.out.expanduser().absolute()
    fresh_folder(out)
    look = CoreWatch().look if share_cores() else lambda: None  # no optimizer steps, which would
    n = min(options.n, len(run.train.dataset), len(run.test.dataset))
    if n < options.n:
        say("sample_capped", n=n, asked=options.n)
    new = new_pictures(run, options.codes, n, options.temperature, options.seed, look)
    drawn, real = judge(new / 255, run)
    near = (255 * nearest(new[:SHOWN] / 255, run.train)).round().to(torch.uint8)
    for i, x in enumerate(new, 1):
        save(out / f"{i:0{len(str(n))}}.png", x.permute(1, 2, 0).contiguous().numpy())
    save(out / "sheet.png", contact_sheet(new[:SHOWN], near))
    tell(drawn, real, "test" if len(run.test.dataset) >= 2 * n else "train")
    say("sample_written", n=n, out=out)


def command_line():
    """The parser of all options."""
    parser = argparse.ArgumentParser("python -m helpers.sample", description=both("sample_about"),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--run", type=given("--run", Path), default=ROOT / "runs" / "train",
        help=words("sample_help_run"))
    add("--out", type=given("--out", Path), default=ROOT / "runs" / "sample",
        help=words("sample_help_out"))
    add("--codes", choices=("prior", "gaussian", "mixture"), default="mixture",
        help=words("sample_help_codes"))
    add("--n", type=number("--n", int, lambda n: n >= LEAST, f"{LEAST}, {LEAST + 1}, ..."),
        default=400, help=words("sample_help_n"))
    add("--temperature", default=1.0, help=words("sample_help_temperature"),
        type=number("--temperature", float, lambda t: 0 < t < math.inf, "0 < temperature"))
    add("--seed", default=0,
        type=number("--seed", int, lambda n: 0 <= n < 2**32, "0, 1, ..., 4294967295"))
    add("--data", type=given("--data"), help=words("sample_help_data"))
    return parser


def main(arguments=None):
    """Draws as the command line says; returns the exit code."""
    speak_utf8()
    options = command_line().parse_args(arguments)
    return exit_code(lambda: sample(options))


if __name__ == "__main__":
    sys.exit(main())
