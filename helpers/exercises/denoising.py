"""Exercise 03-denoising-loss: what the model is shown, and what comes back."""

import torch
from torch import nn

from helpers.exercises import noise as judge
from helpers.exercises.compare import difference, hint, numbers, same


class _Spy(nn.Module):
    """Keeps what it is shown, and returns a part of it."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(0.7))
        self.seen = []

    def forward(self, y):
        self.seen.append(y.detach().clone())
        return self.weight * y

    def shown(self, x):
        """The batch that the model was shown last, in the shape of x, even picture by picture."""
        values = torch.cat([y.flatten() for y in self.seen])[-x.numel():]
        return values.double().view_as(x) if values.numel() == x.numel() else None


def _spoilt(x, sigma, noise=torch.randn_like):
    return x + sigma * noise(x)


def denoising_loss(model, x, sigma, noise=torch.randn_like):
    """Mean squared error of model(x with fresh noise) from the clean x: a tensor of one number."""
    return (model(_spoilt(x, sigma, noise)) - x).square().mean()


def _from_noisy(model, x, sigma):
    y = _spoilt(x, sigma)
    return (model(y) - y).square().mean()


def _from_noise(model, x, sigma):
    y = _spoilt(x, sigma)
    return (model(y) - (y - x)).square().mean()


_NO_GAUSS = hint(
    "噪聲的標準差對了，但不是高斯分佈：請用`torch.randn`。",
    "The standard deviation of the noise is right, but it is not Gaussian: take `torch.randn`.")
LOSS_MISTAKES = [
    (lambda model, x, sigma: denoising_loss(model, x, sigma**2), hint(
        "噪聲乘的是`sigma**2`；強度是標準差，請乘以`sigma`。",
        "You multiply the noise by `sigma**2`; the strength is the standard deviation, so "
        "multiply by `sigma`.")),
    (lambda model, x, sigma: denoising_loss(model, x, sigma, torch.rand_like), hint(
        "這是0和1之間的均勻噪聲（`torch.rand`）：它的平均不是0，而且不是高斯的。",
        "That is uniform noise between 0 and 1 (`torch.rand`): its mean is not 0, and it is not "
        "Gaussian.")),
    (lambda model, x, sigma: denoising_loss(model, x, 0.3), hint(
        "無論`sigma`是多少，噪聲都一樣強：請用函數收到的`sigma`。",
        "The noise is equally strong whatever `sigma` is: use the `sigma` that the function "
        "gets.")),
    (lambda model, x, sigma: (model(_spoilt(0 * x, sigma)) - x).square().mean(), hint(
        "模型只看到噪聲：要把噪聲加到乾淨的`x`上。",
        "The model sees noise only: add the noise to the clean `x`.")),
    (lambda model, x, sigma: (model(x * _spoilt(0 * x + 1, sigma)) - x).square().mean(), hint(
        "你把噪聲乘到圖像上；應該相加。",
        "You multiply the pictures by the noise; it should be added.")),
    (lambda model, x, sigma: denoising_loss(
        model, x, sigma, lambda x: judge.uniform(torch.zeros_like(x), 1)), _NO_GAUSS),
    (lambda model, x, sigma: denoising_loss(
        model, x, sigma, lambda x: judge.coin(torch.zeros_like(x), 1)), _NO_GAUSS),
    (_from_noisy, hint(
        "目標是弄髒的圖像：網絡只會學到複製輸入。目標應該是乾淨的`x`。",
        "The target is the noisy picture, so the network learns to copy. The target should be the "
        "clean `x`.")),
    (_from_noise, hint(
        "目標是噪聲；題目要的是直接預測乾淨的圖像。",
        "The target is the noise; the task asks for the clean picture itself.")),
    (lambda model, x, sigma: x.numel() * denoising_loss(model, x, sigma), hint(
        "你取了總和；均方誤差要取平均。", "You take the sum; the mean squared error is a mean.")),
    (lambda model, x, sigma: x[0].numel() * denoising_loss(model, x, sigma), hint(
        "這是每張圖像的總和；均方誤差是每個值的平均。",
        "That is the sum of each picture; the mean squared error is a mean per value.")),
    (lambda model, x, sigma: denoising_loss(model, x, sigma).sqrt(), hint(
        "你開了方；題目要的是均方誤差本身。",
        "You take the square root; the task asks for the mean squared error itself.")),
    (lambda model, x, sigma: (model(_spoilt(x, sigma)) - x).abs().mean(), hint(
        "你用了絕對誤差；題目要的是平方誤差。",
        "You take the absolute error; the task asks for the squared one.")),
]


def check_denoising_loss(answer):
    """denoising_loss(model, x, sigma): mean squared error from the clean batch, fresh noise."""
    x = torch.rand(judge.SHAPE, generator=torch.Generator().manual_seed(4))
    spy = _Spy()
    loss = answer(spy, x.clone(), 0.3)
    number = numbers(loss)
    if not torch.is_tensor(number) or number.numel() != 1:
        return difference(loss, number, torch.zeros(()))
    if not spy.seen:
        return hint("模型沒有被用到：請把弄髒的圖像交給`model`。",
                    "The model was not used: give the noisy pictures to `model`.")
    if not _gradient(loss, spy.weight):
        return hint("這個損失不能反向傳播：不要用`item()`、`detach()`或`no_grad`。",
                    "This loss cannot be back-propagated: no `item()`, `detach()` or `no_grad`.")
    y = spy.shown(x)
    if y is None:
        return hint("模型沒有看到整個批次：每一張弄髒的圖像都要交給它。",
                    "The model does not see the whole batch: give it every noisy picture.")
    if torch.equal(y, x.double()):
        return hint("模型看到的是乾淨的圖像：要先加上噪聲。",
                    "The model is shown the clean pictures: add noise first.")
    if y.min() >= 0 and y.max() <= 1:
        return hint("你截斷了輸入，噪聲就不再是高斯的。",
                    "You have clipped the input, so the noise is no longer Gaussian.")
    answer(spy, x.clone(), 0.3)
    if torch.equal(y, spy.shown(x)):
        return hint("噪聲不是新的：每次呼叫都要重新抽。",
                    "The noise is not fresh: draw it anew for every call.")
    return _wrong_loss(answer, x, 0.3) or _wrong_loss(answer, x.flip(0).square(), 0.1)


def _gradient(loss, weight):
    """d loss / d weight in a list, which is empty if no gradient reaches the weight."""
    if not torch.is_tensor(loss) or not loss.requires_grad:
        return []
    (slope,) = torch.autograd.grad(loss, weight, allow_unused=True)
    return [] if slope is None else [slope.item()]


def _watch(function, x, sigma):
    """The noise in what the model was shown, in units of sigma, and how the loss and its gradient
    compare with the mean squared error for that very noise (right: 1, 1)."""
    spy = _Spy()
    loss = function(spy, x.clone(), sigma)
    y = spy.shown(x)
    right = (spy.weight * y - x).square().mean()
    ratios = [loss.item() / right.item(),
              _gradient(loss, spy.weight)[0] / _gradient(right, spy.weight)[0]]
    return (y - x) / sigma, torch.tensor(ratios, dtype=torch.float64)


def _wrong_loss(answer, x, sigma):
    """A hint if the noise is not Gaussian of this strength, or the loss not the mean square."""
    noise, ratios = _watch(answer, x, sigma)
    gaussian = judge.fits(noise, "norm")
    if judge.shared(noise) or judge.repeated(noise) and gaussian:
        return hint("不同的圖像、通道或像素用了同一個噪聲：請為每個值各抽一個數，形狀和`x`相同。",
                    "Pictures, channels or pixels share their noise: draw a number for each value, "
                    "in the shape of `x`.")
    if gaussian and same(ratios, torch.ones_like(ratios)):
        return None
    got = torch.cat([judge.moments(noise), ratios])
    for wrong, why in LOSS_MISTAKES:
        noise_of_wrong, ratios_of_wrong = _watch(wrong, x, sigma)
        if judge.alike(got, torch.cat([judge.moments(noise_of_wrong), ratios_of_wrong])):
            return why
    mean, spread = (sigma * got[:2]).tolist()
    if not gaussian:
        return hint(f"噪聲的平均是{mean:+.3f}，標準差是{spread:.3f}；應該是0和{sigma}，"
                    "用`torch.randn`。",
                    f"The noise has mean {mean:+.3f} and standard deviation {spread:.3f}; they "
                    f"should be 0 and {sigma}, from `torch.randn`.")
    return hint(f"損失是均方誤差的{ratios[0]:.3g}倍，應該正好相等。請再讀一次題目。",
                f"The loss is {ratios[0]:.3g} times the mean squared error; it should be equal. "
                "Read the task again.")
