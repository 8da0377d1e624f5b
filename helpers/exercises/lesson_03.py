"""What exercises of lesson 03 are checked for; see lesson_01."""

import torch

from helpers.exercises import denoising, noise
from helpers.exercises.compare import first_mistake, hint


def _decibels(clean, y):
    return -10 * torch.log10((y - clean).double().square().mean())


def choose(method, values, clean, noisy):
    """The parameter p of `values` for which method(noisy, p) has the highest PSNR."""
    return max(values, key=lambda p: _decibels(clean, method(noisy, p)))


CHOOSE_MISTAKES = [
    (lambda method, values, clean, noisy: min(
        values, key=lambda p: _decibels(clean, method(noisy, p))), hint(
        "這是最差的那個：PSNR愈高愈好，MSE愈低愈好。",
        "That is the worst one: PSNR should be high, MSE low.")),
    (lambda method, values, clean, noisy: choose(method, values, noisy, noisy), hint(
        "你和弄髒的圖像比：那樣，什麼都不做最好。請和`clean`比。",
        "You compare with the noisy pictures; doing nothing is best there. Compare with "
        "`clean`.")),
    (lambda method, values, clean, noisy: values.index(choose(method, values, clean, noisy)), hint(
        "這是參數的位置；請傳回參數本身。",
        "That is the parameter's place in the list; return the parameter itself.")),
    (lambda method, values, clean, noisy: max(
        _decibels(clean, method(noisy, p)) for p in values), hint(
        "這是最高的PSNR；請傳回得到它的參數。",
        "That is the highest PSNR; return the parameter that reaches it.")),
    (lambda method, values, clean, noisy: max(values), hint(
        "這是最大的參數；要比的是PSNR，不是參數。",
        "That is the largest parameter; compare the PSNR, not the parameters.")),
    (lambda method, values, clean, noisy: min(
        values, key=lambda p: (method(noisy, p) - clean).abs().mean()), hint(
        "你用的是絕對誤差的平均；PSNR用的是平方誤差，大的錯誤更重。",
        "You take the mean absolute error; PSNR takes the squared one, in which large errors "
        "weigh more.")),
    (lambda method, values, clean, noisy: min(
        values, key=lambda p: (method(noisy, p) - clean).abs().max()), hint(
        "你用的是最大的一個誤差；PSNR用的是平方誤差的平均。",
        "You take the single worst error; PSNR takes the mean of the squared errors.")),
    (lambda method, values, clean, noisy: choose(
        lambda y, p: method(noisy, p)[:1], values, clean[:1], noisy), hint(
        "你只看了第一張圖像；要看整組。",
        "You look at the first picture only; look at the whole set.")),
    (lambda method, values, clean, noisy: max(values, key=lambda p: sum(
        map(_decibels, clean, method(noisy, p)))), hint(
        "你先算每張圖像的PSNR再平均；整組的PSNR要先平均誤差，最後才取對數。",
        "You average each picture's PSNR; for that of the whole set the errors are averaged "
        "first, and the logarithm comes last.")),
    (lambda method, values, clean, noisy: choose(
        lambda y, p: method(clean, p), values, clean, noisy), hint(
        "交給`method`的應該是弄髒的圖像`noisy`。",
        "`method` should be given the noisy pictures, `noisy`.")),
]


def _results(clean, generator):
    """What the method makes of the pictures, by how good it is: (N, C, H, W) each, in [0, 1].

    No error is above 0.34, and the mean square, the mean, the worst, the first picture and the
    mean PSNR of the pictures all choose another result.
    """
    one, many = torch.tensor([1.0, 0, 0, 0]), torch.ones(4)
    rare = torch.rand(clean.shape[1:], generator=generator)  # of one picture: 0 to 1
    sizes = {
        "so-so": 0.2 * many, "worst": 0.32 * many, "noisy": 0.25 * many, "also so-so": 0.22 * many,
        "best first picture": 0.2 * many - 0.19 * one,
        "best mean PSNR": 0.17 * many - 0.166 * one.flip(0),
        "best worst error": 0.15 * many,
    }
    sizes = {name: size[:, None, None, None].expand(clean.shape) for name, size in sizes.items()}
    sizes["best mean error"] = torch.where(rare < 0.15, 0.34, 0.02).expand(clean.shape)
    sizes["best"] = torch.where(rare < 0.1, 0.3, 0.06).expand(clean.shape)
    signs = {name: torch.randint(2, clean.shape, generator=generator) * 2 - 1 for name in sizes}
    return {name: clean + size * signs[name] for name, size in sizes.items()}


def _choice(parameters, seed):
    """The arguments of choose(): a method, its parameters in this order, clean, noisy pictures."""
    generator = torch.Generator().manual_seed(seed)
    clean = 0.35 + 0.3 * torch.rand(4, 3, 8, 8, generator=generator)
    results = _results(clean, generator)
    noisy = results["noisy"]

    def method(y, p):
        """Picture by picture, so that a loop over pictures works; of others it makes nothing."""
        y = torch.as_tensor(y)
        made = results[parameters[round(float(p), 3)]]
        match = (y.unsqueeze(-4) - noisy).abs().flatten(-3).amax(-1) < 1e-4  # (..., 4)
        return made[match.int().argmax(-1)].clone() if match.any(-1).all() else y.clone()

    return method, list(parameters), clean, noisy


def check_choose(answer):
    """choose(method, values, clean, noisy): the parameter with the highest PSNR of the set."""
    kinds = ("so-so", "best worst error", "noisy", "best", "best first picture", "worst",
             "also so-so", "best mean error", "best mean PSNR")
    many = dict(zip((7.0, 4.0, 6.0, 5.0, 8.0, 1.5, 9.0, 3.5, 2.5), kinds, strict=True))
    few = {0.3: "so-so", 0.8: "noisy", 0.5: "worst", 0.1: "best"}
    return first_mistake(answer, choose, CHOOSE_MISTAKES, _choice(many, 5), _choice(few, 6))


def score(denoiser, y, sigma):
    """The score by Tweedie's formula, in the shape of y; denoiser(y) is the posterior mean."""
    return (denoiser(y) - y) / sigma**2


SCORE_MISTAKES = [
    (lambda denoiser, y, sigma: -score(denoiser, y, sigma), hint(
        "方向反了：得分函數從`y`指向去噪後的點，不是離開它。",
        "The direction is wrong: the score points from `y` to the denoised point, not away.")),
    (lambda denoiser, y, sigma: denoiser(y) - y, hint(
        "這是殘差；還要除以`sigma**2`。", "That is the residual; divide it by `sigma**2`.")),
    (lambda denoiser, y, sigma: (denoiser(y) - y) / sigma, hint(
        "你除以sigma；公式裡是sigma的平方。",
        "You divide by sigma; the formula has its square.")),
    (lambda denoiser, y, sigma: (denoiser(y) - y) * sigma**2, hint(
        "應該除以`sigma**2`，不是乘。", "Divide by `sigma**2` instead of multiplying.")),
    (lambda denoiser, y, sigma: denoiser(y) / sigma**2, hint(
        "忘了減去`y`：要用殘差。", "`y` is not subtracted: take the residual.")),
    (lambda denoiser, y, sigma: -y / sigma**2, hint(
        "忘了加上`denoiser(y)`：要用殘差。",
        "`denoiser(y)` is missing: take the residual.")),
    (lambda denoiser, y, sigma: denoiser(y), hint(
        "這是去噪後的點；請從Tweedie公式解出得分函數。",
        "That is the denoised point; solve Tweedie's formula for the score.")),
]


def check_score(answer):
    """score(denoiser, y, sigma): (D(y) - y) / sigma**2."""
    generator = torch.Generator().manual_seed(6)
    flat, pictures = (torch.randn(shape, generator=generator) for shape in ((5, 2), (2, 3, 4, 4)))
    cases = (lambda y: 0.6 * y + 0.2, flat, 0.3), (lambda y: y.tanh() - 0.1, pictures, 2.0)
    return first_mistake(answer, score, SCORE_MISTAKES, *cases)


CHECKS = {
    "03-uniform-noise": noise.check_uniform_noise,
    "03-denoising-loss": denoising.check_denoising_loss,
    "03-choose": check_choose,
    "03-score": check_score,
}
MISTAKES = {
    "03-uniform-noise": noise.UNIFORM_MISTAKES,
    "03-denoising-loss": denoising.LOSS_MISTAKES,
    "03-choose": CHOOSE_MISTAKES,
    "03-score": SCORE_MISTAKES,
}
