"""What exercises of lesson 01 are checked for.

A check takes the student's function and returns None if it is right, else a hint in both
languages. It may raise whatever the student's code raises: `helpers.exercises.check` catches it.
"""

import math

import torch

from helpers import metrics
from helpers.exercises import bottleneck
from helpers.exercises.compare import first_mistake, hint


def _random(*shape, seed):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def _mse(x, y):
    return (x - y).square().mean().item()


def _decibels(error):
    return -10 * math.log10(error)


PSNR_MISTAKES = [
    (lambda x, y: -metrics.psnr(x, y), hint(
        "符號反了：誤差愈小，PSNR應該愈大。",
        "The sign is the wrong way round: a smaller error must give a larger PSNR.")),
    (lambda x, y: -10 * math.log(_mse(x, y)), hint(
        "這是自然對數；分貝用的是以10為底的對數。",
        "That is the natural logarithm; decibels take the logarithm to base 10.")),
    (lambda x, y: 2 * metrics.psnr(x, y), hint(
        "MSE已經是平方了，所以前面是10，不是20。",
        "The MSE is already a square, so the factor is 10, not 20.")),
    (lambda x, y: sum(map(_decibels, metrics.picture_mse(x, y))) / len(x), hint(
        "你先算每張圖像的PSNR再平均；這裡要先平均誤差，最後才取對數。",
        "You average each picture's PSNR; here the errors are averaged first, and the logarithm "
        "comes last.")),
    (lambda x, y: sum(_decibels(_mse(x[:, c], y[:, c])) for c in range(3)) / 3, hint(
        "你先算每個通道的PSNR再平均；這裡要先平均誤差，最後才取對數。",
        "You average each channel's PSNR; here the errors are averaged first, and the logarithm "
        "comes last.")),
    (lambda x, y: _decibels((x - y).square().sum()), hint(
        "你用了平方誤差的總和；均方誤差要取平均。",
        "You take the sum of the squared errors; the mean squared error is their mean.")),
    (lambda x, y: _decibels((x - y).abs().mean()), hint(
        "你用的是絕對誤差；PSNR用的是平方誤差。",
        "You take the absolute error; PSNR takes the squared one.")),
    (lambda x, y: metrics.psnr(x, y) + 20 * math.log10(x.max()), hint(
        "峰值是像素可能的最大值1，不是這組圖像裡最亮的值。",
        "The peak is 1, the largest value that a pixel can have, not the brightest of this set.")),
    (lambda x, y: metrics.psnr(x, y) + 20 * math.log10(255), hint(
        "像素在[0, 1]裡，所以峰值是1，不是255。",
        "The pixels are in [0, 1], so the peak is 1, not 255.")),
]


def check_psnr(answer):
    """psnr(x, y): two (N, C, H, W) tensors in [0, 1] -> dB of the whole set."""
    x = 0.6 * _random(4, 3, 8, 8, seed=1)  # the peak is 1 all the same
    strength = torch.tensor([0.01, 0.05, 0.2, 0.6])[:, None, None, None]  # very unequal errors
    strength = strength * torch.tensor([0.2, 1.0, 2.0])[:, None, None]
    y = (x + strength * (_random(*x.shape, seed=2) - 0.5)).clamp(0, 0.9)
    other = _random(2, 3, 6, 10, seed=3), _random(2, 3, 6, 10, seed=4)
    return first_mistake(answer, metrics.psnr, PSNR_MISTAKES, (x, y), other)


def _entropy(x):
    return -(torch.xlogy(x, x) + torch.xlogy(1 - x, 1 - x))


FLOOR_MISTAKES = [
    (lambda x: -_entropy(x).mean(), hint(
        "熵不會是負的：公式前面有一個負號。",
        "An entropy is never negative: the formula begins with a minus.")),
    (lambda x: _entropy(x).mean() / math.log(2), hint(
        "這是以2為底（單位是bit）；PyTorch的BCE用自然對數（nat）。",
        "That is base 2 (bits); PyTorch's BCE takes the natural logarithm (nats).")),
    (lambda x: _entropy(x).sum(), hint(
        "你取了總和；下限是每個值的平均。", "You take the sum; the floor is the mean per value.")),
    (lambda x: _entropy(x).sum() / len(x), hint(
        "這是每張圖像的總和；下限是每個值的平均。",
        "That is the sum of each picture; the floor is the mean per value.")),
    (lambda x: -torch.xlogy(x, x).mean(), hint(
        "還缺一半：`(1-x)`那一項。", "One half is missing: the term with `(1-x)`.")),
    (lambda x: -torch.xlogy(1 - x, 1 - x).mean(), hint(
        "還缺一半：`x`那一項。", "One half is missing: the term with `x`.")),
    (lambda x: 0.0, hint(
        "下限不是0：灰色像素的熵大於0。",
        "The floor is not 0: a grey pixel has an entropy above 0.")),
    (lambda x: -(x * x.log() + (1 - x) * (1 - x).log()).mean(), hint(
        "像素是0或1時，0·log 0算成了nan；它的極限是0，`torch.xlogy`會處理。"
        "（`1 - 1e-8`在float32裡就是1，所以這樣的clamp沒有用。）",
        "For a pixel of 0 or 1, 0·log 0 became nan; its limit is 0, and `torch.xlogy` takes "
        "care of it. (In float32 `1 - 1e-8` is just 1, so such a clamp does not help.)")),
    (lambda x: _entropy(x[(x > 0) & (x < 1)]).mean(), hint(
        "像素是0或1時，熵是0，但它們仍然要算進平均裡。",
        "The entropy of a pixel of 0 or 1 is 0, but it still counts in the mean.")),
]


def check_bce_floor(answer):
    """bce_floor(x): a tensor in [0, 1] -> mean entropy in nats."""
    grey = 0.5 * _random(2, 3, 8, 8, seed=2) + 0.1
    at_ends = torch.tensor([0.0, 1.0, 0.5, 0.25]).view(1, 1, 2, 2)
    return first_mistake(answer, metrics.bce_floor, FLOOR_MISTAKES, (grey,), (at_ends,))


def _weighted(losses, sizes):
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True))


MEAN_MISTAKES = [
    (lambda losses, sizes: losses[-1], hint(
        "這是最後一個批次的損失：網上常見的寫法正是這樣印出來的，但它只說了幾張圖像。",
        "That is the last batch's loss: a common way on the web prints just this, but it speaks "
        "of a few pictures only.")),
    (lambda losses, sizes: sum(losses) / len(losses), hint(
        "每個批次的份量一樣；但最後一批的圖像比較少，每張的份量就太重了。",
        "Every batch counts the same, but the last one has fewer pictures: each counts too much.")),
    (lambda losses, sizes: sum(losses[:-1]) / len(losses[:-1]), hint(
        "最後一批也要算進去，按它的圖像張數。",
        "The last batch counts as well, by its number of pictures.")),
    (lambda losses, sizes: sum(losses) / sum(sizes), hint(
        "每個批次的損失要先乘以它的張數，再相加。",
        "Multiply each batch's loss by its number of pictures before you add them.")),
    (lambda losses, sizes: sum(losses), hint(
        "這是總和；請除以圖像的總數。", "That is the sum; divide by the number of pictures.")),
    (_weighted, hint(
        "加權對了；還要除以圖像的總數。",
        "The weights are right; now divide by the number of pictures.")),
    (lambda losses, sizes: _weighted(losses, sizes) / len(losses), hint(
        "分母是圖像的張數，不是批次的個數。",
        "Divide by the number of pictures, not by the number of batches.")),
    (lambda losses, sizes: epoch_mean(losses, [32] * (len(sizes) - 1) + sizes[-1:]), hint(
        "批量大小不一定是32：請用`batch_sizes`裡的張數。",
        "A batch need not have 32 pictures: take the numbers in `batch_sizes`.")),
]


def epoch_mean(losses, sizes):
    """The mean loss per picture: two lists, of each batch its mean loss and its pictures."""
    return _weighted(losses, sizes) / sum(sizes)


def check_epoch_mean(answer):
    """epoch_mean(losses, batch_sizes): two lists -> the mean loss per picture of the epoch."""
    usual = [0.50, 0.40, 0.30, 0.90], [32, 32, 32, 4]
    uneven = [0.7, 0.1, 0.6], [10, 25, 7]
    return first_mistake(answer, epoch_mean, MEAN_MISTAKES, usual, uneven, ([0.25], [8]))


CHECKS = {
    "01-psnr": check_psnr,
    "01-bce-floor": check_bce_floor,
    "01-epoch-mean": check_epoch_mean,
    "01-small-code": bottleneck.check_small_code,
}
MISTAKES = {
    "01-psnr": PSNR_MISTAKES,
    "01-bce-floor": FLOOR_MISTAKES,
    "01-epoch-mean": MEAN_MISTAKES,
}
