"""What exercises of lesson 03 are checked for, the likeliest mistakes first.

A check takes the student's function and returns None if it is right, else a hint in both
languages. It may raise whatever the student's code raises: `helpers.exercises.check` catches it.
"""

import math

import torch
from torch import nn

from helpers.exercises.lesson_01 import hint, number


def _no_tensor(answer, shape):
    """A hint if `answer` is no tensor of this shape, else None."""
    if not torch.is_tensor(answer):
        return hint(f"函數應該傳回一個張量，而不是{type(answer).__name__}。是不是忘了return？",
                    f"The function should return a tensor, not {type(answer).__name__}. "
                    "Is a return missing?")
    if answer.shape != shape:
        return hint(f"應該傳回形狀{tuple(shape)}，你傳回的是{tuple(answer.shape)}。",
                    f"The shape should be {tuple(shape)}; yours is {tuple(answer.shape)}.")
    return None


def _near(value, right, tolerance=0.02):
    return math.isclose(value, right, rel_tol=tolerance)


def check_uniform_noise(answer):
    """add_uniform(x, sigma, generator=None): uniform noise of a given standard deviation."""
    sigma = 0.2
    x = torch.linspace(0, 1, 32).expand(4, 3, 32, 32).contiguous()  # from black to white

    def seeded(seed):
        return answer(x.clone(), sigma, torch.Generator().manual_seed(seed))

    y = seeded(1)
    if wrong := _no_tensor(y, x.shape):
        return wrong
    noise = y - x
    if noise.abs().max() == 0:
        return hint("輸出和輸入一樣：沒有加上噪聲。",
                    "The output is the input: no noise was added.")
    if y.min() >= 0 and y.max() <= 1:
        return hint("輸出全在[0, 1]裡：你截斷了。截斷會改變噪聲的平均和標準差。",
                    "All values are in [0, 1]: you have clipped. Clipping changes the mean and the "
                    "standard deviation of the noise.")
    if torch.allclose(noise[0], noise[1], atol=1e-5) or torch.allclose(
            noise[:, 0], noise[:, 1], atol=1e-5):
        return hint("每張圖像（或每個通道）的噪聲都一樣：請為每個值各抽一個數，形狀用`x.shape`。",
                    "All pictures (or channels) get the same noise: draw a number for each value, "
                    "in the shape `x.shape`.")
    if not torch.equal(seeded(1), y):
        return hint("同一個種子得到不同的噪聲：請把`generator`交給`torch.rand`。",
                    "The same seed gives different noise: pass `generator` on to `torch.rand`.")
    if torch.equal(seeded(2), y) or torch.equal(answer(x.clone(), sigma), answer(x.clone(), sigma)):
        return hint("每次都是同一份噪聲：種子應該由`generator`決定；沒有給的話，每次都要不同。",
                    "The noise is the same every time: the seed comes from `generator`, and "
                    "without one each call must differ.")
    mean, spread = noise.mean().item(), noise.std().item()
    if abs(mean) > 0.02:
        return hint(f"噪聲的平均是{mean:+.3f}，應該是0：`torch.rand`在0和1之間，要先移到0的兩邊。",
                    f"The mean of the noise is {mean:+.3f} and should be 0: `torch.rand` is "
                    "between 0 and 1; shift it to both sides of 0.")
    if noise.abs().max() > 1.05 * math.sqrt(3) * sigma and _near(spread, sigma):
        return hint("標準差對了，但這不是均勻分佈：有些值太遠了（是不是用了`torch.randn`？）。",
                    "The standard deviation is right, but this is not uniform: some values are too "
                    "far out (is it `torch.randn`?).")
    for factor, zh, en in [
        (1 / math.sqrt(3), "你讓噪聲在-sigma和sigma之間；sigma應該是標準差，不是最大值。",
         "Your noise lies between -sigma and sigma; sigma should be the standard deviation, not "
         "the largest value."),
        (1 / math.sqrt(12), "你讓整個範圍的寬度等於sigma；sigma應該是標準差。",
         "The whole range of your noise is sigma wide; sigma should be the standard deviation."),
    ]:
        if _near(spread, factor * sigma):
            return hint(zh, en)
    if not _near(spread, sigma):
        return hint(f"噪聲的標準差是{spread:.3f}，應該是{sigma}。",
                    f"The standard deviation of the noise is {spread:.3f}; it should be {sigma}.")
    return None


class _Spy(nn.Module):
    """Keeps what it is shown, and returns a part of it."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(0.7))
        self.seen = []

    def forward(self, y):
        self.seen.append(y.detach().clone())
        return self.weight * y


def check_denoising_loss(answer):
    """denoising_loss(model, x, sigma): mean squared error from the clean batch, fresh noise."""
    sigma, spy = 0.3, _Spy()
    x = torch.rand(8, 3, 16, 16, generator=torch.Generator().manual_seed(4))
    loss, again = answer(spy, x.clone(), sigma), answer(spy, x.clone(), sigma)
    if wrong := _no_tensor(loss, torch.Size([])):
        return wrong
    if not spy.seen:
        return hint("模型沒有被用到：請把弄髒的圖像交給`model`。",
                    "The model was not used: give the noisy pictures to `model`.")
    if not loss.requires_grad:
        return hint("這個損失不能反向傳播：不要用`item()`、`detach()`或`no_grad`。",
                    "This loss cannot be back-propagated: no `item()`, `detach()` or `no_grad`.")
    y, other = spy.seen[0], spy.seen[-1]
    if y.shape != x.shape or torch.equal(y, x):
        return hint("模型看到的是乾淨的圖像：要先加上噪聲。",
                    "The model is shown the clean pictures: add noise first.")
    noise = y - x
    if torch.equal(y, other) or torch.allclose(noise[0], noise[1], atol=1e-5):
        return hint("噪聲不是新的：每次呼叫、每張圖像都要重新抽。",
                    "The noise is not fresh: draw it anew for every call and every picture.")
    if y.min() >= 0 and y.max() <= 1:
        return hint("你截斷了輸入，噪聲就不再是高斯的。",
                    "You have clipped the input, so the noise is no longer Gaussian.")
    spread = noise.std().item()
    if _near(spread, sigma**2, 0.05) and abs(noise.mean()) < 0.02:
        return hint("噪聲乘的是`sigma**2`；強度是標準差，請乘`sigma`。",
                    "You multiply the noise by `sigma**2`; the strength is the standard deviation, "
                    "so multiply by `sigma`.")
    if not _near(spread, sigma, 0.05) or abs(noise.mean()) > 0.02:
        return hint(f"噪聲的平均{noise.mean():+.3f}、標準差{spread:.3f}；應該是0和{sigma}，"
                    "用`torch.randn`。",
                    f"The noise has mean {noise.mean():+.3f} and standard deviation {spread:.3f}; "
                    f"they should be 0 and {sigma}, from `torch.randn`.")
    guess = 0.7 * y
    error, got = (guess - x).square(), loss.item()
    mistakes = [
        ((guess - y).square().mean(), hint(
            "目標是弄髒的圖像：網絡會學會照抄。目標應該是乾淨的`x`。",
            "The target is the noisy picture, so the network learns to copy. The target should be "
            "the clean `x`.")),
        ((guess - noise).square().mean(), hint(
            "目標是噪聲；題目要的是直接預測乾淨的圖像。",
            "The target is the noise; the task asks for the clean picture itself.")),
        (error.sum(), hint("你取了總和；均方誤差要取平均。",
                           "You take the sum; the mean squared error is a mean.")),
        ((guess - x).abs().mean(), hint("你用了絕對誤差；題目要的是平方誤差。",
                                        "You take the absolute error; the task asks for the "
                                        "squared one.")),
    ]
    if _near(got, error.mean().item(), 1e-3) and torch.is_tensor(again):
        return None
    for wrong, why in mistakes:
        if _near(got, wrong.item(), 1e-3):
            return why
    return hint(f"你得到{got:.4g}，應該是{error.mean():.4g}。請再讀一次題目。",
                f"You get {got:.4g}; it should be {error.mean():.4g}. Read the task again.")


def check_choose(answer):
    """choose(method, values, clean, noisy): the parameter with the highest PSNR."""
    draw = dict(generator=torch.Generator().manual_seed(5))
    clean = 0.4 + 0.2 * torch.rand(4, 3, 8, 8, **draw)
    errors = {7: 0.12, 1: 0.36, 5: 0.04, 9: 0.2, 6: 0.24}  # everything stays in [0, 1]
    signs = {p: torch.randint(2, clean.shape, **draw) * 2 - 1 for p in errors}
    results = {p: clean + error * signs[p] for p, error in errors.items()}
    noisy = results[6]  # the method does nothing there

    def method(y, p):
        if not torch.equal(y, noisy):
            raise ValueError("method(noisy, p): give it the noisy pictures")
        return results[p].clone()

    found = number(answer(method, list(errors), clean.clone(), noisy.clone()))
    if found is None:
        return hint("應該傳回一個參數，也就是`values`裡的一個數。",
                    "Return one parameter, that is, one number of `values`.")
    psnr = -20 * math.log10(errors[5])
    for wrong, zh, en in [
        (1, "這是最差的那個：PSNR愈高愈好，MSE愈低愈好。",
         "That is the worst one: PSNR should be high, MSE low."),
        (6, "你和弄髒的圖像比：那樣，什麼都不做最好。請和`clean`比。",
         "You compare with the noisy pictures; doing nothing is best there. Compare with `clean`."),
        (2, "這是參數的位置；請傳回參數本身。",
         "That is the parameter's place in the list; return the parameter itself."),
        (psnr, "這是最高的PSNR；請傳回得到它的參數。",
         "That is the highest PSNR; return the parameter that reaches it."),
        (9, "這是最大的參數；要比的是PSNR，不是參數。",
         "That is the largest parameter; compare the PSNR, not the parameters."),
    ]:
        if _near(found, wrong, 1e-4):
            return hint(zh, en)
    if found != 5:
        return hint(f"你選了{found:g}，PSNR最高的是5。", f"You chose {found:g}; 5 is the best.")
    return None


def check_score(answer):
    """score(denoiser, y, sigma): (D(y) - y) / sigma**2."""
    sigma = 0.3
    y = torch.randn(5, 2, generator=torch.Generator().manual_seed(6))

    def denoiser(y):
        return 0.6 * y + 0.2

    found = answer(denoiser, y.clone(), sigma)
    if wrong := _no_tensor(found, y.shape):
        return wrong
    residual = denoiser(y) - y
    right = residual / sigma**2
    for wrong, zh, en in [
        (-right, "方向反了：得分函數從`y`指向去噪後的點，不是離開它。",
         "The direction is wrong: the score points from `y` to the denoised point, not away."),
        (residual, "這是殘差；還要除以`sigma**2`。",
         "That is the residual; divide it by `sigma**2`."),
        (residual / sigma, "你除以sigma；公式裡是sigma的平方。",
         "You divide by sigma; the formula has its square."),
        (residual * sigma**2, "應該除以`sigma**2`，不是乘。",
         "Divide by `sigma**2` instead of multiplying."),
        (denoiser(y) / sigma**2, "忘了減去`y`：要用殘差。",
         "`y` is not subtracted: take the residual."),
    ]:
        if torch.allclose(found, wrong, rtol=1e-3, atol=1e-6):
            return hint(zh, en)
    if not torch.allclose(found, right, rtol=1e-3, atol=1e-6):
        return hint("數值不對。請從Tweedie公式解出得分函數。",
                    "The values are not right. Solve Tweedie's formula for the score.")
    return None


CHECKS = {
    "03-uniform-noise": check_uniform_noise,
    "03-denoising-loss": check_denoising_loss,
    "03-choose": check_choose,
    "03-score": check_score,
}
