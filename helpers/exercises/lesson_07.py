"""What exercises of lesson 07 are checked for: judges of generated faces, and a sampler."""

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from helpers import judges
from helpers.exercises.compare import first_mistake, hint, numbers
from helpers.faces import only, sample_factors
from helpers.messages import say
from helpers.models import VAE, load_weights

FACTORS = ("skin_tone", "hair_length", "x", "y", "yaw", "light")
MODELS = ("06_plain", "06_unit", "06_vae")
N, ROUNDS = 400, 3  # faces of a round that judges a sampler
BETTER = 0.05  # by so much a sampler has to be harder to tell than a Gaussian
COPIES, RECALL, FACTOR = 0.9, 0.7, 0.08  # what it has to reach with the judges nobody sees


def _inside(points, centres, k, own=False):
    """Whether points (N, D) lie in the balls of centres (M, D); own: in balls of the points."""
    between = torch.cdist(points, centres)
    balls = points if own else centres
    radius = torch.cdist(balls, balls).sort(dim=1).values[:, k]
    return (between <= (radius[:, None] if own else radius)).any(1).double().mean()


def precision_recall(real, fake, k=3):
    """(precision, recall) of fake points (N, D) among real ones (N, D)."""
    return _inside(fake, real, k), _inside(real, fake, k)


def _centroid(points, centres):
    away = (centres - centres.mean(0)).norm(dim=1)
    return ((points - centres.mean(0)).norm(dim=1) <= away.median()).double().mean()


PRECISION_MISTAKES = [
    (lambda real, fake, k=3: precision_recall(fake, real, k), hint(
        "精確率和召回率反了：精確率數生成的點，召回率數真的點。",
        "Precision and recall are swapped: precision counts generated points, recall real ones.")),
    (lambda real, fake, k=3: precision_recall(real, fake, k - 1), hint(
        "最近的鄰居是自己，距離0，不算：第k個鄰居排在第k + 1。",
        "The nearest neighbour of a point is itself, at 0, and does not count: the k-th comes "
        "k + 1st.")),
    (lambda real, fake, k=3: (_inside(fake, real, k, own=True), _inside(real, fake, k, own=True)),
     hint("你用了自己這一邊的半徑：球的中心和半徑都屬於另一堆。",
          "You took the radius of the point itself: centre and radius of a ball both belong to "
          "the other set.")),
    (lambda real, fake, k=3: (_inside(fake, real, k), _inside(fake, real, k)), hint(
        "兩個數字是同一個：召回率要把兩堆對調。",
        "Both numbers are the same: for recall, exchange the two sets.")),
    (lambda real, fake, k=3: (_centroid(fake, real), _centroid(real, fake)), hint(
        "一個大球裝不下有洞的形狀：每個點各有一個球。",
        "One large ball does not fit a shape with a hole: every point has a ball of its own.")),
    (lambda real, fake, k=3: tuple(100 * p for p in precision_recall(real, fake, k)), hint(
        "請傳回0到1的比率，不是百分數。", "Return shares between 0 and 1, not per cent.")),
]


def check_precision(answer):
    """precision_recall(real, fake, k=3): (N, D), (N, D) -> two numbers."""
    angle = 6.2832 * torch.rand(200, 1)
    ring = torch.cat([angle.cos(), angle.sin()], 1) + 0.05 * torch.randn(200, 2)
    disc = 1.1 * torch.randn(200, 2)
    part = torch.cat([ring[:100].abs(), 3 + torch.randn(100, 2)]) + 0.02 * torch.randn(200, 2)
    def shares(*given):  # True and False for each point are welcome, too
        made = answer(*given)
        if not isinstance(made, tuple | list) or len(made) != 2:
            return made
        parts = [numbers(part) for part in made]
        return [p.mean() if torch.is_tensor(p) and p.numel() else part
                for p, part in zip(parts, made, strict=True)]

    return first_mistake(
        shares, precision_recall, PRECISION_MISTAKES, (ring, disc), (ring, part, 5),
        (torch.randn(50, 8), 0.5 * torch.randn(50, 8)))


def _frechet(a, b, mean=None, root=None, twice=2.0):
    """The Fréchet distance of rows (N, F), (M, F); the rest: mistakes."""
    cov_a, cov_b = torch.cov(a.T), torch.cov(b.T)
    shift = a.mean(0) - b.mean(0)
    moved = (shift.square().sum() if mean is None else mean(shift))
    if root is None:  # of cov_a @ cov_b: its eigenvalues are those of a symmetric matrix
        half = _root(cov_a)
        trace = _root(half @ cov_b @ half).trace()
    else:
        trace = root(cov_a, cov_b)
    return moved + cov_a.trace() + cov_b.trace() - twice * trace


def _root(matrix):
    values, vectors = torch.linalg.eigh(matrix)
    return vectors * values.clamp(min=0).sqrt() @ vectors.T


FRECHET_MISTAKES = [
    (lambda a, b: _frechet(a, b, root=lambda p, q: (p @ q).clamp(min=0).sqrt().trace()), hint(
        "你對每個元素開了根號：要的是矩陣的平方根，自己乘自己等於原來的矩陣"
        "（`scipy.linalg.sqrtm`）。",
        "You took the root of each entry: what is meant is the root of the matrix, which times "
        "itself is the matrix (`scipy.linalg.sqrtm`).")),
    (lambda a, b: _frechet(a, b, root=lambda p, q: (p.diag() * q.diag()).sqrt().sum()), hint(
        "你只用了對角線：因素之間的協方差也算。",
        "You used the diagonals only: covariances between factors count, too.")),
    (lambda a, b: _frechet(a, b, mean=lambda shift: 0.0), hint(
        "少了平均的差。", "The difference of the means is missing.")),
    (lambda a, b: _frechet(a, b, mean=lambda shift: shift.norm()), hint(
        "平均的差要平方。", "Square the difference of the means.")),
    (lambda a, b: _frechet(a, b, twice=1.0), hint(
        "平方根那一項要乘以2。", "The term with the root counts twice.")),
    (lambda a, b: _frechet(a * (1 - 1 / len(a)) ** 0.5, b * (1 - 1 / len(b)) ** 0.5,
                           mean=lambda _: (a.mean(0) - b.mean(0)).square().sum()), hint(
        "協方差請除以N - 1，不是N（`torch.cov`和`np.cov`就是這樣）。",
        "Divide covariances by N - 1, not by N, as `torch.cov` and `np.cov` do.")),
    (lambda a, b: _frechet(a, b).clamp(min=0).sqrt(), hint(
        "這一題要距離的平方，不要再開根號。",
        "The squared distance is asked for; do not take the root of it.")),
    (lambda a, b: (a.mean(0) - b.mean(0)).square().sum()
     + (torch.cov(a.T) - torch.cov(b.T)).square().sum(), hint(
        "協方差不是直接相減：是兩個跡相加，減去平方根那一項。",
        "The covariances are not subtracted: add their traces and take off the term with the "
        "root.")),
]


def check_frechet(answer):
    """frechet(a, b): (N, F), (M, F) float64 -> a number."""
    def points(n, *spreads, mean=0.0):
        turn = torch.linalg.qr(torch.randn(len(spreads), len(spreads))).Q
        return (torch.randn(n, len(spreads)) * torch.tensor(spreads) @ turn + mean).double()

    return first_mistake(answer, lambda a, b: _frechet(a, b), FRECHET_MISTAKES,
                         (points(60, 3.0, 0.3, 0.3), points(80, 0.3, 0.4, 3.0, mean=1.0)),
                         (points(90, 1.0, 0.2, 0.2, 3.0), points(50, 2.0, 2.0, 0.1, 0.3)),
                         (points(40, 1.0, 3.0, mean=-2.0), points(40, 3.0, 1.0)))


def copy_ratio(fake, x, people, trained):
    """How much closer fakes are to training pictures than to as many of people never seen."""
    return _ratio(fake, x[trained], x[~torch.isin(people, people[trained])])


def _ratio(fake, train, unseen, equal=True):
    n = min(len(train), len(unseen))
    near = [torch.cdist(fake, some[:n] if equal else some).min(1).values.mean()
            for some in (train, unseen)]
    return near[0] / near[1]


COPIES_MISTAKES = [
    (lambda fake, x, people, trained: _ratio(fake, x[trained], x[~trained]), hint(
        "有些人的圖像只有一部分用來訓練：其餘的圖像，人也是見過的，不能算進沒見過的那一邊。",
        "Some of those people have other pictures in the training set: a picture that was not "
        "trained on is no unseen person's for that.")),
    (lambda fake, x, people, trained: _ratio(
        fake, x[trained], x[~torch.isin(people, people[trained])], equal=False), hint(
        "兩邊要一樣多：圖像多的一邊，最近的總是比較近。各取前n張，n是較少一邊的張數。",
        "Take equally many on both sides: among more pictures, the nearest is nearer. Take the "
        "first n of either, where n is the smaller number.")),
    (lambda fake, x, people, trained: _ratio(fake, x[trained], x[~trained], equal=False), hint(
        "兩件事：訓練過的人的其他圖像不算沒見過；兩邊要一樣多。",
        "Two things: other pictures of people in the training set are not unseen; take equally "
        "many on both sides.")),
    (lambda fake, x, people, trained: _ratio(fake, x[trained], x), hint(
        "訓練圖像混進了沒見過的那一邊。", "Training pictures are counted as unseen.")),
    (lambda fake, x, people, trained: 1 / copy_ratio(fake, x, people, trained), hint(
        "上下反了：到訓練圖像的距離在分子。",
        "Upside down: the distance to training pictures comes first.")),
    (lambda fake, x, people, trained: _ratio(
        fake, x[torch.isin(people, people[trained])],
        x[~torch.isin(people, people[trained])]), hint(
        "訓練集只有`trained`的圖像，不是那些人的全部圖像。",
        "Only pictures in `trained` were trained on, not all of these people.")),
]


def check_copies(answer):
    """copy_ratio(fake, x, people, trained): (N, D), (M, D), (M,), (M,) bool -> a number."""
    def case(persons, each, share, copied):
        people = torch.arange(persons).repeat_interleave(each)
        people = people[torch.randperm(len(people))]
        x = torch.randn(persons, 6)[people] + 0.4 * torch.randn(len(people), 6)
        trained = (people < share * persons) & (torch.rand(len(people)) < 0.7)
        fake = torch.cat([x[trained][:copied] + 0.05 * torch.randn(copied, 6),
                          torch.randn(40, 6)])
        return fake, x, people, trained

    return first_mistake(answer, copy_ratio, COPIES_MISTAKES, case(60, 5, 0.7, 0),
                         case(50, 4, 0.6, 30), case(40, 6, 0.3, 10))


def _closest(real, sets, n=None, equal=True):
    """Index of the set (M, F) nearest to `real` (N, F); equal: by the first n of each."""
    n = min(map(len, [real, *sets])) if n is None else n
    found = [_frechet(real[:n] if equal else real, x[:n] if equal else x) for x in sets]
    return int(torch.stack(found).argmin())


def _apart(real, x, n):
    """The Fréchet distance without covariances between numbers, of the first n of each."""
    a, b = real[:n], x[:n]
    return ((a.mean(0) - b.mean(0)).square() + (a.std(0) - b.std(0)).square()).sum()


FAIR_MISTAKES = [
    (lambda real, sets: _closest(real, sets, equal=False), hint(
        "張數不一樣：樣本少的一方，弗雷歇距離總是偏大，不是它畫得差。先取一樣多。",
        "They differ in size: from few samples the Fréchet distance comes out too large, which is "
        "no fault of the model. Take equally many first.")),
    (lambda real, sets: int(torch.stack([_frechet(real, x) for x in sets]).argmax()), hint(
        "你選了離得最遠的：距離愈小愈好。",
        "You chose the one furthest away: smaller is better.")),
    (lambda real, sets: int(np.argmin([(real.mean(0) - x.mean(0)).norm() for x in sets])), hint(
        "只比了平均：協方差也要比。", "Only means are compared; covariances count, too.")),
    (lambda real, sets: int(np.argmin([_apart(real, x, min(map(len, sets))) for x in sets])), hint(
        "只比了平均和每個數字的方差：數字之間的協方差也要比。",
        "Only means and the variance of each number are compared; covariances between numbers "
        "count, too.")),
    (lambda real, sets: int(np.argmax([len(x) for x in sets])), hint(
        "你選了樣本最多的，不是最好的。", "You chose the largest set, not the best one.")),
]


def check_fair(answer):
    """best(real, sets): (N, F), a list of (M, F) -> the index of the best set."""
    def points(n, shift=0.0, spread=1.0):
        return (spread * torch.randn(n, 48) + shift).double()

    def mixed(n):  # every mean and variance as it should be, pairs of numbers alike
        x = points(n)
        x[:, ::2] = 0.9 * x[:, 1::2] + 0.19**0.5 * x[:, ::2]
        return x

    real = points(1000)
    cases = ([points(400, 0.6), points(500, 0.5), points(400, 0.2, 0.5), points(400, 0.3)],
             [points(60), points(1000, 0.4)], [points(1000, 0.4), points(60)],
             [points(60, 0.7), points(500, 0.35, 1.1), points(120)],
             [mixed(1000), points(60)])
    return first_mistake(answer, _closest, FAIR_MISTAKES, *((real, sets) for sets in cases))


KNOWN = {}  # what took seconds to find out


def prepare():
    """Training faces and other people's, all as (N, 3, 32, 32), and what reads their factors."""
    if not KNOWN:
        def new(n, seed, split="test", every=4):
            drawn, _ = sample_factors(n * every, split, seed, only(*FACTORS))
            place = np.stack([drawn[name][::every] for name in FACTORS], 1)
            low = np.array([judges.FACTORS[name].low for name in FACTORS])
            high = np.array([judges.FACTORS[name].high for name in FACTORS])
            place = (place - low) / (high - low)
            return judges.paint(place, FACTORS), place

        KNOWN["train"], KNOWN["unseen"] = new(1640, 0, "train", 1)[0], new(1640, 0, every=1)[0]
        KNOWN["reader"] = judges.learn_to_read(*new(1500, 11, "train"), FACTORS)
        KNOWN["real"] = [new(N, 900 + turn)[0] for turn in range(ROUNDS)]
    return KNOWN


def codes_of(name):
    """A trained model of lesson 06 and its codes of the training faces, (1640, 10)."""
    model = VAE().requires_grad_(False)
    model.load_state_dict(load_weights(name))
    mu, logvar = model.encode(prepare()["train"])
    noise = torch.randn(mu.shape, generator=torch.Generator().manual_seed(0))
    return model, mu if name == "06_plain" else mu + (0.5 * logvar).exp() * noise


def accuracy(model, sample, codes):
    """How often shapes give drawn faces away, a mean over rounds, and the faces of each."""
    found, drawn = [], []
    for real in prepare()["real"]:
        z = torch.as_tensor(sample(codes.clone(), N)).float()
        z = z[torch.randperm(N, generator=torch.Generator().manual_seed(0))]  # sorted or not
        y = model.decode(z).clamp(0, 1)
        drawn.append((255 * y).round() / 255)
        found.append(judges.two_sample(real, drawn[-1], judges.by_shape()).mean())
    return float(np.mean(found)), drawn


def gaussian(codes, n):
    """Codes (n, Z) with the mean and the covariance of others."""
    return torch.distributions.MultivariateNormal(
        codes.mean(0), torch.cov(codes.T) + 1e-6 * torch.eye(codes.shape[1])).sample((n,))


def goal():
    """The accuracy that a Gaussian's codes reach with the autoencoder, a mean over tries."""
    if "goal" not in KNOWN:
        model, codes = codes_of("06_plain")
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(0)
            KNOWN["goal"] = float(np.mean([accuracy(model, gaussian, codes)[0]
                                           for _ in range(3)]))
    return KNOWN["goal"]


@threadpool_limits.wrap(1, user_api="blas")  # matrices are small; two threads wait for each other
def check_design(answer):
    """design() -> the name of a trained model and sample(codes, n) -> (n, Z)."""
    made = answer()
    if not (isinstance(made, tuple | list) and len(made) == 2 and callable(made[1])):
        return hint("請傳回兩樣東西：模型的名字，和函數`sample(codes, n)`。",
                    "Return two things: the name of a model, and a function `sample(codes, n)`.")
    name, sample = made
    if name not in MODELS:
        return hint(f"模型是{'、'.join(MODELS)}其中一個。",
                    f"The model is one of {', '.join(MODELS)}.")
    model, codes = codes_of(name)
    z = numbers(sample(codes.clone(), N))
    if not torch.is_tensor(z) or z.shape != (N, codes.shape[1]) or not z.isfinite().all():
        due = N, codes.shape[1]
        return hint(f"`sample(codes, {N})`應該傳回形狀{due}的編碼，都是有限的數。",
                    f"`sample(codes, {N})` should return codes of the shape {due}, all finite.")
    if (torch.cdist(z.float(), codes).min(1).values < 1e-3).any():
        return hint("有些編碼就是訓練臉的編碼：這是抄，不是抽。",
                    "Some of the codes are those of training faces: that is copying, not drawing.")
    told, drawn = accuracy(model, lambda *given: numbers(sample(*given)), codes)
    return fooled_by(drawn) or too_plain(told)


def fooled_by(drawn):
    """A hint where judges that the student does not see find something, or None."""
    known = prepare()
    copied = np.mean([judges.copy_ratio(y, known["train"], known["unseen"]) for y in drawn])
    if copied < COPIES:
        return hint(f"別的評審說：這些臉離訓練臉太近（{copied:.2f}，沒有抄的接近1）。"
                    "訓練臉的編碼不能原樣交上來。",
                    f"Another judge says: these faces are too close to training faces "
                    f"({copied:.2f}; 1 is not copied). Codes of faces must not be handed in again.")
    pairs = list(zip(known["real"], drawn, strict=True))
    recall = np.mean([judges.precision_recall(x, y)[1].float().mean() for x, y in pairs])
    if recall < RECALL:
        return hint(f"別的評審說：變化太少，召回率只有{recall:.2f}，至少要{RECALL}。",
                    f"Another judge says: too little variety, a recall of {recall:.2f} where "
                    f"{RECALL} is asked for.")
    read = known["reader"].read
    off = np.mean([judges.factor_distance(read(x), read(y)).mean() for x, y in pairs])
    if off > FACTOR:
        return hint(f"別的評審說：因素的分佈不對，距離{off:.3f}，最多{FACTOR}。",
                    f"Another judge says: factors are distributed wrongly, a distance of {off:.3f} "
                    f"where {FACTOR} is the most.")
    return None


def too_plain(told):
    """A hint where a Gaussian would do about as well, or None."""
    if told > goal() - BETTER:
        return hint(f"看形狀的分類器分得出{told:.0%}；只用一個高斯分佈是{goal():.0%}，"
                    f"你的要再低{100 * BETTER:.0f}個百分點以上。編碼的形狀像一團，還是好幾團？",
                    f"The classifier for shapes tells {told:.0%}; a single Gaussian has "
                    f"{goal():.0%}, and {100 * BETTER:.0f} points less are asked for. Do codes "
                    "look like one cloud or like several?")
    say("sampler_score", told=f"{told:.0%}", other=f"{goal():.0%}")
    return None


CHECKS = {
    "07-precision": check_precision,
    "07-frechet": check_frechet,
    "07-copies": check_copies,
    "07-fair": check_fair,
    "07-design": check_design,
}
MISTAKES = {
    "07-precision": PRECISION_MISTAKES,
    "07-frechet": FRECHET_MISTAKES,
    "07-copies": COPIES_MISTAKES,
    "07-fair": FAIR_MISTAKES,
}
