"""Small trainings whose model and pictures a test opens again."""

from helpers import train

SMALL = ["--size", "16", "--batch-size", "16", "--epochs", "2", "--dtype", "float32",
         "--device", "cpu", "--lr", "0.002"]


def trained(out, model="recipe", data="drawn:160", *options):
    """Trains into the folder `out`, and returns it."""
    code = ["--code", "4"] if model == "vae" else []
    assert train.main([*SMALL, *code, "--model", model, "--data", str(data), "--out", str(out),
                       *options]) == 0
    return out
