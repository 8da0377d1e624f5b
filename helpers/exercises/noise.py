"""Is it the noise that was asked for? Its distribution decides, and that all values are drawn anew.

First how noise is judged, then exercise 03-uniform-noise; 03-denoising-loss is in denoising.py.

Noise is (B, C, H, W), judged in units of the sigma that was asked for. With 24,576 values and the
limits below, right noise is refused about once in 10,000 random seeds, and `known_state` fixes
the seed of whatever is drawn without a generator.
"""

import math

import torch
from scipy import stats

from helpers.exercises.compare import difference, hint, numbers

SHAPE = (8, 3, 32, 32)  # of the pictures that get the noise
CHANCE = 1e-5  # how seldom right noise may fit its distribution as badly as this
LIMIT = 5.5  # standard errors that a correlation may lie from 0
RATIO = 0.05  # two kinds of noise are told apart by more than this
ROOT3 = math.sqrt(3)  # uniform on [-ROOT3, ROOT3] has standard deviation 1
UNIFORM = "uniform", -ROOT3, 2 * ROOT3  # scipy's name; from, width


def moments(noise):
    """Mean, standard deviation, kurtosis (Gaussian 3, uniform 1.8, a coin 1), and whether there
    are many values (1) or a few (0)."""
    noise = noise.double()
    mean, spread = noise.mean(), noise.std()
    kurtosis = ((noise - mean) / spread).pow(4).mean() if spread > 0 else spread
    many = noise.round(decimals=2).unique().numel() > 20
    return torch.stack([mean, spread, kurtosis, torch.tensor(many).double()])


def alike(got, due):
    """True if two tensors of moments are those of one kind of noise, as far as a sample tells."""
    return torch.allclose(got, due, rtol=RATIO, atol=RATIO)


def shared(noise):
    """True if neighbouring values along some axis go together, be it in sign or in strength.

    So it is if one noise serves all pictures or channels, or one number a whole line of pixels.
    """
    for values in (noise.double(), noise.double().abs()):
        if values.std() < 1e-3:  # a coin's strength is always the same
            continue
        values = (values - values.mean()) / values.std()
        for axis in range(values.dim()):
            a, b = values.unfold(axis, 2, 1).unbind(-1)
            if (a * b).mean().abs() > LIMIT / a.numel() ** 0.5:
                return True
    return False


def repeated(noise):
    """True if many values come more than once, as in noise that is mirrored or shuffled."""
    return noise.unique().numel() < 0.9 * noise.numel()


def depends(noise, x):
    """True if the noise, or its strength, goes with the picture (both (B, C, H, W))."""
    three = torch.stack([noise.flatten(), noise.flatten().abs(), x.flatten()]).double()
    return torch.corrcoef(three)[2, :2].abs().max() > 0.3


def fits(noise, distribution, *args):
    """True if the values of `noise` may come from scipy's `distribution`: "norm", "uniform"."""
    mean, spread = moments(noise)[:2]
    if abs(mean) > 0.035 or abs(spread - 1) > 0.03:
        return False
    return stats.kstest(noise.double().flatten().numpy(), distribution, args).pvalue > CHANCE


def uniform(x, sigma, generator=None, low=-ROOT3, high=ROOT3):
    """x (any shape) plus uniform noise between sigma * low and sigma * high."""
    u = torch.rand(x.shape, generator=generator)
    return x + sigma * (low + (high - low) * u)


def coin(x, sigma, generator=None, sides=2):
    """x (any shape) plus noise that takes `sides` equally likely values; sigma as everywhere."""
    places = torch.randint(sides, x.shape, generator=generator) * 2.0 / (sides - 1) - 1
    return x + sigma * places / math.sqrt((sides + 1) / (sides - 1) / 3)


_NO_COIN = hint(
    "標準差對了，但只有幾個不同的值：均勻分佈是範圍裡的任何數都一樣可能。",
    "The standard deviation is right, but there are a few values only: uniform means that every "
    "number of the range is equally likely.")
UNIFORM_MISTAKES = [
    (lambda x, sigma, generator=None: uniform(x, sigma, generator, 0, 2 * ROOT3), hint(
        "噪聲的平均不是0：`torch.rand`在0和1之間，要先移到0的兩邊。",
        "The mean of the noise is not 0: `torch.rand` is between 0 and 1; shift it to both sides "
        "of 0.")),
    (lambda x, sigma, generator=None: uniform(x, sigma, generator, 0, 1), hint(
        "你直接用了`torch.rand`：先移到0的兩邊，再放大到標準差是`sigma`。",
        "You take `torch.rand` as it is: shift it to both sides of 0, then scale it until its "
        "standard deviation is `sigma`.")),
    (lambda x, sigma, generator=None: uniform(x, sigma, generator, -1, 1), hint(
        "你讓噪聲在-sigma和sigma之間；sigma應該是標準差，不是最大值。",
        "Your noise lies between -sigma and sigma; sigma should be the standard deviation, not "
        "the largest value.")),
    (lambda x, sigma, generator=None: uniform(x, sigma, generator, -0.5, 0.5), hint(
        "你讓整個範圍的寬度等於sigma；sigma應該是標準差。",
        "The whole range of your noise is sigma wide; sigma should be the standard deviation.")),
    (lambda x, sigma, generator=None: uniform(x, sigma**2, generator), hint(
        "你乘了`sigma**2`，那是方差；強度是標準差`sigma`。",
        "You multiply by `sigma**2`, the variance; the strength is the standard deviation "
        "`sigma`.")),
    (lambda x, sigma, generator=None: uniform(x, 0.2, generator), hint(
        "無論`sigma`是多少，噪聲都一樣強：請用函數收到的`sigma`。",
        "The noise is equally strong whatever `sigma` is: use the `sigma` that the function "
        "gets.")),
    (lambda x, sigma, generator=None: x + sigma * torch.randn(x.shape, generator=generator), hint(
        "標準差對了，但這是高斯分佈（`torch.randn`），不是均勻分佈。",
        "The standard deviation is right, but this is Gaussian noise (`torch.randn`), not "
        "uniform.")),
    (coin, _NO_COIN),
    (lambda x, sigma, generator=None: coin(x, sigma, generator, 3), _NO_COIN),
]


def check_uniform_noise(answer):
    """add_uniform(x, sigma, generator=None): uniform noise of a given standard deviation."""
    x = torch.linspace(0, 1, 32).expand(SHAPE).contiguous()  # from black to white
    given = answer(x.clone(), 0.2, torch.Generator().manual_seed(1))
    y = numbers(given)
    if not torch.is_tensor(y) or y.shape != x.shape:
        return difference(given, y, x)
    if torch.equal(y, x.double()):
        return hint("輸出和輸入一樣：沒有加上噪聲。",
                    "The output is the input: no noise was added.")
    if y.min() >= 0 and y.max() <= 1:
        return hint("輸出全在[0, 1]裡：你截斷了。截斷會改變噪聲的平均和標準差。",
                    "All values are in [0, 1]: you have clipped. Clipping changes the mean and the "
                    "standard deviation of the noise.")
    return _wrong_seed(answer, x) or _wrong_uniform(answer, x, 0.2) or _wrong_uniform(
        answer, x.flip(-1), 0.05)


def _wrong_seed(answer, x):
    """A hint if the generator does not decide, or decides where there is none."""
    def drawn(*seed):
        return numbers(answer(x.clone(), 0.2, *(torch.Generator().manual_seed(s) for s in seed)))

    if not torch.equal(drawn(1), drawn(1)):
        return hint("同一個種子得到不同的噪聲：請把`generator`交給`torch.rand`。",
                    "The same seed gives different noise: pass `generator` on to `torch.rand`.")
    if torch.equal(drawn(1), drawn(2)) or torch.equal(drawn(), drawn()):
        return hint("每次都是同一份噪聲：種子應該由`generator`決定；沒有給的話，每次都要不同。",
                    "The noise is the same every time: the seed comes from `generator`, and "
                    "without one each call must differ.")
    return None


def _wrong_uniform(answer, x, sigma):
    """A hint if the noise is not uniform with this standard deviation, each value for itself."""
    def drawn(function):
        y = function(x.clone(), sigma, torch.Generator().manual_seed(3))
        return (numbers(y) - x) / sigma

    noise = drawn(answer)
    if depends(noise, x):
        return hint("噪聲和圖像有關：請另外抽噪聲，再加到`x`上，不是乘，也不要截斷。",
                    "The noise depends on the picture: draw it by itself and add it to `x`, "
                    "without multiplying or clipping.")
    if shared(noise) or repeated(noise) and fits(noise, *UNIFORM):
        return hint("不同的圖像、通道或像素用了同一個噪聲：請為每個值各抽一個數，形狀用`x.shape`。",
                    "Pictures, channels or pixels share their noise: draw a number for each value, "
                    "in the shape `x.shape`.")
    if fits(noise, *UNIFORM):
        return None
    got = moments(noise)
    for wrong, why in UNIFORM_MISTAKES:
        if alike(got, moments(drawn(wrong))):
            return why
    mean, spread = (sigma * got[:2]).tolist()
    return hint(f"噪聲的平均是{mean:+.3f}，標準差是{spread:.3f}；應該是0和{sigma}，而且均勻分佈。",
                f"The noise has mean {mean:+.3f} and standard deviation {spread:.3f}; they should "
                f"be 0 and {sigma}, and the noise uniform.")
