"""What exercises of lesson 06 are checked for: a KL, draws, a bound, collapse, a design."""

import math

import torch
from torchvision.transforms import ToTensor

from helpers.data import stack
from helpers.exercises.compare import difference, first_mistake, hint, numbers
from helpers.exercises.noise import fits, shared
from helpers.faces import SyntheticFaces, only
from helpers.messages import say
from helpers.models import VAE
from helpers.variational import gaussian_nll, kl_to_prior

STEPS, BATCH, RATE = 250, 32, 0.006  # of the training that judges a design: some seconds
UNITS, CODE = 8, 10  # alive, of so many at most
LIVE = 0.5  # nats: what a unit that lives carries at least


def kl_loss(mu, logvar):
    """KL to N(0, 1) of a batch: a sum over the code, a mean over pictures."""
    return kl_to_prior(mu, logvar).sum(1).mean()


KL_MISTAKES = [
    (lambda mu, logvar: -kl_loss(mu, logvar), hint(
        "正負號反了：KL從不小於0；訓練要縮小它，不是放大它。",
        "The sign is wrong: a KL is never below 0; training makes it smaller, not larger.")),
    (lambda mu, logvar: kl_to_prior(mu, logvar).mean(), hint(
        "你對編碼取了平均：KL要對編碼的數字加總，只對圖像取平均。",
        "You average over the code: sum the KL over the numbers of a code, and average over "
        "pictures only.")),
    (lambda mu, logvar: kl_to_prior(mu, logvar).sum(), hint(
        "你對整個批次加總：對圖像要取平均，否則批次愈大，KL愈重。",
        "You sum over the batch: take a mean over pictures, or the KL weighs more the larger the "
        "batch is.")),
    (lambda mu, logvar: kl_loss(mu, 2 * logvar), hint(
        "你把`logvar`當作標準差的對數：`logvar.exp()`就是方差。",
        "You take `logvar` for the logarithm of the standard deviation: `logvar.exp()` is the "
        "variance.")),
    (lambda mu, logvar: kl_loss(mu, logvar) + 0.5 * mu.shape[1], hint(
        "少了減1：編碼的分佈等於先驗的時候，KL應該是0。",
        "The -1 is missing: where q equals the prior, the KL should be 0.")),
    (lambda mu, logvar: 2 * kl_loss(mu, logvar), hint(
        "少了二分之一。", "The factor one half is missing.")),
    (lambda mu, logvar: kl_loss(mu, logvar) + 0.5 * (mu.abs() - mu.square()).sum(1).mean(), hint(
        "`mu`要平方。", "Square `mu`.")),
    (lambda mu, logvar: kl_loss(mu, logvar)
     + 0.5 * ((0.5 * logvar).exp() - logvar.exp()).sum(1).mean(), hint(
        "KL裡的是方差，不是標準差：用`logvar.exp()`。",
        "The KL has the variance in it, not the standard deviation: use `logvar.exp()`.")),
]


def check_kl(answer):
    """kl_loss(mu, logvar): (B, Z) each -> nats a picture, a number."""
    cases = [(torch.randn(b, z), torch.randn(b, z)) for b, z in ((7, 3), (5, 10), (1, 4))]
    same_as_prior = torch.zeros(3, 5), torch.zeros(3, 5)
    return first_mistake(answer, kl_loss, KL_MISTAKES, *cases, same_as_prior)


def check_draw(answer):
    """code_of(mu, logvar, training): a draw from N(mu, exp(logvar)), or the mean."""
    mu = 3 * torch.randn(400, 20)
    logvar = torch.linspace(-3, 1, 20).expand(400, 20).contiguous()
    given = answer(mu.clone(), logvar.clone(), True)
    z = numbers(given)
    if not torch.is_tensor(z) or z.shape != mu.shape:
        return difference(given, z, mu.double())
    quiet = numbers(answer(mu.clone(), logvar.clone(), False))
    if not torch.is_tensor(quiet) or not torch.allclose(quiet, mu.double(), atol=1e-5):
        return hint("`training`是False的時候，請傳回平均`mu`：重建不應該每次不同。",
                    "Return the mean `mu` where `training` is False: a reconstruction should not "
                    "differ from call to call.")
    if torch.allclose(z, mu.double(), atol=1e-5):
        return hint("訓練的時候沒有採樣：傳回的就是`mu`。",
                    "Nothing is drawn in training: you return `mu` itself.")
    if torch.equal(z, numbers(answer(mu.clone(), logvar.clone(), True))):
        return hint("每次抽到的都一樣：不要在函數裡固定亂數種子。",
                    "Every call draws the same: do not fix the random seed inside the function.")
    return wrong_spread(z - mu, logvar) or wrong_slope(answer, mu, logvar)


def wrong_spread(off, logvar):
    """A hint if `off` (N, Z), a draw minus its mean, is not Gaussian of variance exp(logvar)."""
    one_for_many = hint(
        "幾張圖像或幾個數字共用了同一個亂數：用`torch.randn_like(mu)`，每個數字各抽一個。",
        "Pictures or numbers share one random number: draw one for each with "
        "`torch.randn_like(mu)`.")
    noise = off / (0.5 * logvar.double()).exp()
    for scale, why in (
            ((0.5 * logvar).exp(), None),
            (logvar.exp(), hint(
                "`exp(logvar)`是方差；標準差是`exp(0.5 * logvar)`。",
                "`exp(logvar)` is the variance; the standard deviation is `exp(0.5 * logvar)`.")),
            (logvar.abs(), hint(
                "`logvar`是對數：先取指數，才是方差。",
                "`logvar` is a logarithm: the variance is its exponential.")),
            (torch.ones_like(logvar), hint(
                "`logvar`沒有用到：每個數字都有自己的標準差。",
                "`logvar` is not used: each number has a standard deviation of its own."))):
        if fits(off / scale, "norm"):
            return one_for_many if shared(off / scale) else why
    if shared(noise):
        return one_for_many
    mean, spread = noise.mean(), noise.std()
    return hint(f"以標準差為單位，抽到的和`mu`相差平均{mean:+.2f}、標準差{spread:.2f}；"
                "應該是0和1，而且是高斯分佈。",
                f"In standard deviations, the draws are off `mu` by {mean:+.2f} on average with a "
                f"spread of {spread:.2f}; that should be 0 and 1, and Gaussian.")


def wrong_slope(answer, mu, logvar):
    """A hint if no gradient, or a wrong one, passes through the draw."""
    mu, logvar = (part.clone().requires_grad_() for part in (mu, logvar))
    z = answer(mu, logvar, True)
    known = torch.is_tensor(z) and z.requires_grad
    slopes = torch.autograd.grad(z.sum(), (mu, logvar), allow_unused=True) if known else ()
    if not known or slopes[0] is not None and not slopes[0].any():  # as through torch.normal
        return hint("梯度穿不過去：寫成`mu + 標準差 * 亂數`，亂數搬到外面，不要用`torch.normal`。",
                    "No gradient passes: write `mu + standard deviation * random number`, with "
                    "chance outside, and no `torch.normal`.")
    due = torch.ones_like(mu), (0.5 * (z - mu)).detach()
    for name, slope, right in zip(("mu", "logvar"), slopes, due, strict=True):
        if slope is None or not torch.allclose(slope, right.to(slope.dtype), atol=1e-4):
            return hint(f"`{name}`得不到正確的梯度：是不是用了`detach`、`no_grad`或numpy？",
                        f"`{name}` does not get the right gradient: is there a `detach`, a "
                        "`no_grad` or numpy on the way?")
    return None


def elbo(x, decode, mu, logvar, sigma, *, scale=None, at_mean=False):
    """The ELBO of pictures x (N, D) from one draw each, in nats: (N,). The rest: mistakes."""
    scale = (0.5 * logvar).exp() if scale is None else scale
    z = mu if at_mean else mu + scale * torch.randn_like(mu)
    return (-gaussian_nll(x, decode(z), torch.as_tensor(math.log(sigma)))
            - kl_to_prior(mu, logvar).sum(1))


def _constant(x, sigma):
    return x.shape[1] * (math.log(sigma) + 0.5 * math.log(2 * math.pi))


def _squared(x, decode, mu, logvar):
    z = mu + (0.5 * logvar).exp() * torch.randn_like(mu)
    return (x - decode(z)).square()


ELBO_MISTAKES = [
    (lambda x, decode, mu, logvar, sigma: -elbo(x, decode, mu, logvar, sigma), hint(
        "你傳回的是-ELBO，也就是損失；這一題要ELBO本身。",
        "You return -ELBO, the loss; the ELBO itself is asked for.")),
    (lambda x, decode, mu, logvar, sigma: elbo(x, decode, mu, logvar, sigma)
     + 2 * kl_to_prior(mu, logvar).sum(1), hint(
        "KL要減去：這樣寫，你的「下界」比似然還大。",
        "Subtract the KL: as it is, your bound lies above the likelihood.")),
    (lambda x, decode, mu, logvar, sigma: elbo(x, decode, mu, logvar, sigma)
     + _constant(x, sigma), hint(
        "少了高斯密度的常數，log sigma和log 2 pi那兩項：這樣寫，「下界」會比似然還大。",
        "The constant of the Gaussian density is missing, log sigma and log 2 pi: without it, the "
        "bound lies above the likelihood.")),
    (lambda x, decode, mu, logvar, sigma: elbo(x, decode, mu, logvar, sigma, at_mean=True), hint(
        "你解碼了平均`mu`，沒有採樣：重建會好過頭，「下界」比似然還大。",
        "You decode the mean `mu` and draw nothing: reconstructions are too good, and the bound "
        "lies above the likelihood.")),
    (lambda x, decode, mu, logvar, sigma: -_squared(x, decode, mu, logvar).mean(1)
     / (2 * sigma**2) - _constant(x, sigma) / x.shape[1] - kl_to_prior(mu, logvar).sum(1), hint(
        "你對像素取了平均：對數似然是對像素加總。",
        "You average over pixels: a log-likelihood is a sum over pixels.")),
    (lambda x, decode, mu, logvar, sigma: elbo(x, decode, mu, logvar, sigma)
     + kl_to_prior(mu, logvar).sum(1) - kl_to_prior(mu, logvar).mean(1), hint(
        "KL要對編碼的數字加總，不是平均。",
        "Sum the KL over the numbers of the code, do not average.")),
    (lambda x, decode, mu, logvar, sigma: elbo(x, decode, mu, logvar, sigma,
                                               scale=logvar.exp()), hint(
        "採樣時的標準差錯了：是`exp(0.5 * logvar)`，不是`exp(logvar)`。",
        "The draws have the wrong spread: it is `exp(0.5 * logvar)`, not `exp(logvar)`.")),
    (lambda x, decode, mu, logvar, sigma: -_squared(x, decode, mu, logvar).sum(1) / (2 * sigma)
     - _constant(x, sigma) - kl_to_prior(mu, logvar).sum(1), hint(
        "誤差要除以2 sigma平方；你除的是2 sigma。",
        "Divide the error by 2 sigma squared; you divide by 2 sigma.")),
    (lambda x, decode, mu, logvar, sigma: -_squared(x, decode, mu, logvar).sum(1) / sigma**2
     - _constant(x, sigma) - kl_to_prior(mu, logvar).sum(1), hint(
        "誤差少了二分之一。", "The error lacks its factor one half.")),
]


def alike(got, due):
    """Whether two lots of draws (N,) have one mean and one spread in either half."""
    if not torch.is_tensor(got) or got.shape != due.shape:
        return False
    return all(map(_alike, got.chunk(2), due.chunk(2)))


def _alike(got, due):
    error = (got.var() / len(got) + due.var() / len(due)).sqrt()
    spreads = torch.stack([got.std(), due.std()])
    return bool((got.mean() - due.mean()).abs() <= 5 * error + 1e-4
                and spreads.max() <= 1.1 * spreads.min() + 1e-4)


def check_elbo(answer):
    """elbo(x, decode, mu, logvar, sigma) -> (N,), from one draw each."""
    cases = []
    for size, code, sigma in ((6, 2, 0.9), (5, 3, 1.5)):
        decoder, n = torch.randn(size, code), 10_000  # two pictures, so often: means are exact
        x = torch.randn(2, size).repeat_interleave(n, 0)
        mu = torch.randn(2, code).repeat_interleave(n, 0)
        logvar = torch.linspace(-2, 0.5, 2 * code).view(2, code).repeat_interleave(n, 0)
        cases.append((x, lambda z, w=decoder: z @ w.T.to(z.dtype), mu, logvar, sigma))
    return first_mistake(answer, elbo, ELBO_MISTAKES, *cases, equal=alike)


def units_alive(x, sigma, code):
    """How many units of a linear VAE live: eigenvalues above sigma^2, of `code` units at most."""
    return min(code, int((eigenvalues(x) > sigma**2).sum()))


def eigenvalues(x, centre=True, divide=True):
    """Of the covariance matrix of points (N, D), or of what is taken for it."""
    x = x.double() - (x.double().mean(0) if centre else 0)
    return torch.linalg.eigvalsh(x.T @ x / (len(x) if divide else 1))


ALIVE_MISTAKES = [
    (lambda x, sigma, code: min(code, int((eigenvalues(x) > sigma).sum())), hint(
        "特徵值是方差，要和sigma的平方比，不是和sigma比。",
        "Eigenvalues are variances: compare them with sigma squared, not with sigma.")),
    (lambda x, sigma, code: int((eigenvalues(x) > sigma**2).sum()), hint(
        "編碼只有`code`個單元，答案不可能更多。",
        "The code has `code` units, and no more of them can live.")),
    (lambda x, sigma, code: min(code, int((eigenvalues(x, centre=False) > sigma**2).sum())), hint(
        "先減去平均：協方差是和平均的差。",
        "Subtract the mean first: a covariance is about differences from it.")),
    (lambda x, sigma, code: min(code, int((eigenvalues(x, divide=False) > sigma**2).sum())), hint(
        "協方差矩陣要除以點數。", "Divide by the number of points for a covariance matrix.")),
    (lambda x, sigma, code: min(code, int((eigenvalues(x).sqrt() > sigma**2).sum())), hint(
        "奇異值或標準差不是特徵值：要平方。",
        "Singular values or standard deviations are no eigenvalues: square them.")),
    (lambda x, sigma, code: min(code, int((x.var(0) > sigma**2).sum())), hint(
        "要比的是協方差矩陣的特徵值，不是每個座標的方差：方向是主成分，不是座標。",
        "Compare the eigenvalues of the covariance matrix, not the variances of coordinates: the "
        "directions are principal components.")),
    (lambda x, sigma, code: code - units_alive(x, sigma, code), hint(
        "你數的是坍縮的單元；要數的是活躍的。",
        "You count the units that collapse; the active ones are asked for.")),
    (lambda x, sigma, code: code, hint(
        "不是每個單元都活躍：方差比sigma平方小的方向，記下來比不記還貴。",
        "Not every unit lives: directions with less variance than sigma squared cost more to write "
        "down than they save.")),
]


def check_alive(answer):
    """units_alive(x, sigma, code): (N, D) -> a whole number."""
    def points(*spreads, mean=0.0, turned=None):
        turn = torch.eye(len(spreads))
        k = turned or len(spreads)  # so many coordinates are mixed
        turn[:k, :k] = torch.linalg.qr(torch.randn(k, k)).Q
        white = torch.randn(400, len(spreads))
        white = torch.linalg.qr(white - white.mean(0)).Q * 20  # uncorrelated, variance 1
        return white * torch.tensor(spreads) @ turn + mean

    return first_mistake(
        answer, units_alive, ALIVE_MISTAKES,
        (points(4.0, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01, turned=2), 0.8, 6),
        (points(0.6, 0.5, 0.2, 0.2, 0.1, mean=3.0), 0.4, 4), (points(3.0, 2.5, 2.0, 1.0), 1.5, 2),
        (points(1.0, 0.9, 0.3, 0.2), 2.0, 3), (points(0.5, 0.4, 0.3, 0.05), 0.2, 4),
        (points(1.5, 1.03, 0.97, 0.5), 1.0, 4))  # close to sigma on both sides


def check_design(answer):
    """design() -> a VAE with at most CODE units and beta(step, steps), held against beta = 1.

    sigma is 1 for all, and training begins with fresh parameters.
    """
    made = answer()
    if not (isinstance(made, tuple | list) and len(made) == 2):
        return hint("請傳回兩樣東西：`return model, beta`。", "Return two things: `model, beta`.")
    model, beta = made
    missing = [name for name in ("encode", "decode") if not hasattr(model, name)]
    if missing:
        return hint(f"模型沒有`{missing[0]}`：請從這一課的`VAE`開始改。",
                    f"The model has no `{missing[0]}`: begin with this lesson's `VAE`.")
    weights = [beta(step, STEPS) for step in (0, STEPS // 2, STEPS - 1)]
    if not all(isinstance(w, int | float) and 0 <= w < math.inf for w in weights):
        return hint("`beta(step, steps)`應該傳回不小於0的數字。",
                    "`beta(step, steps)` should return numbers of 0 or more.")
    train, test = (stack(SyntheticFaces(split, n, 32, ranges=only(
        "skin_tone", "hair_length", "x", "y", "yaw", "light"), transform=ToTensor()))
        for split, n in (("train", 800), ("test", 200)))
    units = model.float().encode(train[:2])[0].shape[1]
    if units > CODE:
        return hint(f"編碼最多{CODE}個數字；你的有{units}個。",
                    f"A code of {CODE} numbers at most; yours has {units}.")
    alive, bound = judged(model, beta, train, test)
    if not math.isfinite(bound):
        return hint("訓練發散了：損失不再是有限的數。",
                    "The training diverges: its loss is no longer finite.")
    goal = usual_elbo(train, test)
    if alive < UNITS:
        return hint(f"只有{alive}個單元活躍；至少要{UNITS}個。是什麼使它們坍縮？",
                    f"Only {alive} units are alive; at least {UNITS} are asked for. What makes "
                    "them collapse?")
    if bound < goal:
        return hint(f"{alive}個單元活躍，但ELBO是{bound:,.0f}，比`VAE()`和beta = 1的{goal:,.0f}"
                    "還差：它們記的東西，解碼器用不上。",
                    f"{alive} units are alive, but the ELBO of {bound:,.0f} is worse than the "
                    f"{goal:,.0f} of `VAE()` with beta = 1: what they carry is of no use to the "
                    "decoder.")
    say("design_score", alive=alive, elbo=f"{bound:,.0f}", other=f"{goal:,.0f}")
    return None


KNOWN = {}  # what took seconds to find out


def usual_elbo(train, test):
    """The ELBO of the lesson's model with beta = 1, trained in the same way."""
    if not KNOWN:
        torch.default_generator.manual_seed(0)
        KNOWN["elbo"] = judged(VAE(CODE), lambda *_: 1.0, train, test)[1]
    return KNOWN["elbo"]


def judged(model, beta, train, test):
    """(units alive, ELBO a face with the sigma that suits) after STEPS steps with sigma = 1."""
    for layer in model.modules():
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters()

    def terms(x):
        mu, logvar = model.encode(x)
        z = mu + (0.5 * logvar).exp() * torch.randn_like(mu)
        return model.decode(z), kl_to_prior(mu, logvar), mu

    optimizer = torch.optim.Adam(model.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=STEPS)
    for step in range(STEPS):
        x = train[torch.randint(len(train), (BATCH,))]
        y, kl, _ = terms(x)
        loss = gaussian_nll(x, y, torch.tensor(0.0)) + beta(step, STEPS) * kl.sum(1)
        optimizer.zero_grad()
        loss.mean().backward()
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        error = (train - terms(train)[0]).square().mean().clamp(min=1e-12)
        y, kl, mu = terms(test)
        bound = -(gaussian_nll(test, y, 0.5 * error.log()) + kl.sum(1)).mean().item()
        alive = (mu.var(0) > 0.01) & (kl.mean(0) >= LIVE)
    return int(alive.sum()), bound


CHECKS = {
    "06-kl": check_kl,
    "06-draw": check_draw,
    "06-elbo": check_elbo,
    "06-alive": check_alive,
    "06-design": check_design,
}
MISTAKES = {
    "06-kl": KL_MISTAKES,
    "06-elbo": ELBO_MISTAKES,
    "06-alive": ALIVE_MISTAKES,
}
