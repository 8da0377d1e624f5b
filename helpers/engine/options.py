"""The options of `python -m helpers.train`, and what each of them takes."""

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch

from helpers import ROOT
from helpers.engine.speed import quick_bce
from helpers.messages import both, words
from helpers.models import VAE, Autoencoder, Recipe
from helpers.variational import negative_elbo


class Choice(NamedTuple):
    """A model of `--model`, and the options that its lesson found to suit it."""

    model: type
    lesson: str
    options: dict
    loss: Callable = quick_bce  # loss(what the model makes of x, x), a mean over the batch
    grid: bool = True  # model(channels) of (size / 8)^2 places; or else model(code, size)


MODELS = {
    "autoencoder": Choice(Autoencoder, "01", dict(batch_size=32, lr=0.001, schedule="constant")),
    "recipe": Choice(Recipe, "05", dict(batch_size=8, lr=0.002, schedule="onecycle")),
    "vae": Choice(VAE, "06", dict(code=64, batch_size=8, lr=0.002, schedule="onecycle"),
                  negative_elbo, grid=False),
}
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def number(option, kind, fits, takes):
    """What turns the text of an option into a number, and says what it takes if it is another."""
    def convert(text):
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not fits(value):
            raise argparse.ArgumentTypeError(
                both("bad_argument", name=option, got=repr(text), takes=takes))
        return value

    return convert


def at_least_one(option):
    """The number of an option that counts something."""
    return number(option, int, lambda n: n >= 1, "1, 2, 3, ...")


def learning_rate(option):
    """The number of an option that is a learning rate."""
    return number(option, float, lambda rate: 0 < rate < math.inf, "0 < lr")


def available_device(text):
    """A device that this computer has. Looks only: using it would take memory of a GPU."""
    there = {"cpu": 1, "cuda": torch.cuda.device_count(),
             "mps": int(torch.backends.mps.is_available())}
    kind, _, index = text.partition(":")
    if int(index) >= there.get(kind, 0) if index.isdecimal() else index or not there.get(kind):
        takes = ", ".join(name for name, count in there.items() if count)
        raise argparse.ArgumentTypeError(
            both("bad_argument", name="--device", got=repr(text), takes=takes))
    return text


def given(option, kind=str):
    """What turns the text of an option into `kind`, and refuses an empty one.

    As a folder, that would be the current one: nobody means it who has forgotten to set a variable.
    """
    def convert(text):
        if not text.strip():
            raise argparse.ArgumentTypeError(both("option_empty", option=option))
        return kind(text)

    return convert


class ListModels(argparse.Action):
    """Names the models with the options that suit them, and ends."""

    def __call__(self, parser, *_):
        for name, choice in MODELS.items():
            flags = " ".join(f"--{key.replace('_', '-')} {value}"
                             for key, value in choice.options.items())
            about = choice.model.__doc__.splitlines()[0]
            print(f"{name:12} lesson {choice.lesson}   {flags}\n{'':12} {about}")
        parser.exit()


def read(arguments=None):
    """The options of a command line, those of the model where nothing was said.

    Ends the program, as argparse does, where they are wrong.
    """
    parser = command_line()
    options = parser.parse_args(arguments)
    for name, value in MODELS[options.model].options.items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    places = (options.size // 8) ** 2 if MODELS[options.model].grid else 1
    if options.code is None:
        options.code = 128 * places
    if options.code % places:
        parser.error(both("bad_argument", name="--code", got=options.code,
                          takes=f"{places}, {2 * places}, {3 * places}, ..."))
    return options


def build(options):
    """The model that the options name, not yet trained."""
    choice = MODELS[options.model]
    if choice.grid:
        return choice.model(options.code // (options.size // 8) ** 2)
    return choice.model(options.code, options.size)


def command_line():
    """The parser of all options."""
    parser = argparse.ArgumentParser("python -m helpers.train", description=both("train_about"),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", type=given("--data"), default="drawn", help=words("train_help_data"))
    add("--model", choices=MODELS, default="autoencoder")
    add("--list", action=ListModels, nargs=0, help=words("train_help_list"))
    add("--code", type=at_least_one("--code"), help=words("train_help_code"))
    add("--epochs", type=at_least_one("--epochs"), default=10)
    add("--batch-size", type=at_least_one("--batch-size"), help=words("train_help_batch"))
    add("--lr", help=words("train_help_lr"), type=learning_rate("--lr"))
    add("--new-lr", help=words("train_help_new_lr"), type=learning_rate("--new-lr"))
    add("--schedule", choices=("constant", "onecycle"),
        help=words("train_help_schedule"))
    add("--size", default=64,  # the model halves it three times
        type=number("--size", int, lambda n: n >= 8 and n % 8 == 0, "8, 16, 24, ..."))
    add("--seed", default=0,
        type=number("--seed", int, lambda n: 0 <= n < 2**32, "0, 1, ..., 4294967295"))
    add("--device", type=available_device,
        default="cuda" if torch.cuda.is_available() else "cpu")
    add("--dtype", choices=("auto", *DTYPES), default="auto", help=words("train_help_dtype"))
    add("--compile", action="store_true", help=words("train_help_compile"))
    add("--out", type=given("--out", Path), default=ROOT / "runs" / "train",
        help=words("train_help_out"))
    add("--every", type=at_least_one("--every"), help=words("train_help_every"))
    return parser
