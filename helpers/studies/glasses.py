"""Lesson 07: faces with and without glasses: put them on, ask for them, train on generated ones.

Shape letters: N faces, Z numbers of a code, F factors.
"""

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import roc_auc_score
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import make_pipeline
from torch import nn
from torch.nn import functional as F

from helpers import judges
from helpers.intervals import interval
from helpers.metrics import picture_mse
from helpers.models import VAE
from helpers.studies import vaes
from helpers.studies.generators import as_saved, fit_mixture, new_faces
from helpers.variational import Pass, draw

NAMES = (*vaes.VARIED, "glasses")
STRENGTHS = (0.5, 1, 1.5, 2, 2.5, 3)  # of the direction that puts glasses on
COPIES = 10  # pictures added for each real one
ALPHAS = [0.1, 1, 10, 100, 1000]  # of a ridge probe, tried on validation faces


class Told(VAE):
    """A VAE whose decoder is told a factor: the code need not hold it, and one can ask for it.

    A conditional VAE (Sohn et al. 2015) whose encoder is told nothing: still a bound on
    log p(x | told), since any q(z | x) makes one.
    """

    def __init__(self, code=vaes.CODE, size=vaes.SIDE, told=1):
        super().__init__(code, size)
        self.decoder[0] = nn.Linear(code + told, self.decoder[0].out_features)

    def decode(self, z, told):
        """The mean of p(x | z, told): (B, Z), (B, 1) -> (B, 3, size, size)."""
        return super().decode(torch.cat([z, told], 1))

    def forward(self, x, told):
        mu, logvar = self.encode(x)
        return Pass(self.decode(draw(mu, logvar), told), mu, logvar, self.log_sigma)

    def reconstruct(self, x, told):
        return self.decode(self.encode(x)[0], told).clamp(0, 1)


def build(settings):
    """An untrained model: "told", or one of lesson 06's."""
    if settings["model"] != "told":
        return vaes.build(settings | {"model": {"plain": "plain"}.get(settings["model"], "vae")})
    torch.manual_seed(settings["seed"])
    return Told()


def prepare():
    """Training faces, 1,000 unseen ones, and who sees glasses and reads the other factors."""
    x, factors = new_faces(1640, 0, "train", NAMES, every=1)
    x_test, test = new_faces(1000, 5, "test", NAMES)
    more, told = new_faces(4000, 1, "train", NAMES)
    sees = make_pipeline(PCA(256, svd_solver="randomized", random_state=0),
                         LogisticRegression(C=100, max_iter=2000))
    sees.fit(more.flatten(1).numpy(), told[:, 6] > 0.5)
    return {"x": x, "factors": factors, "glasses": torch.from_numpy(factors[:, 6:]).float(),
            "x_test": x_test, "test": test, "sees": sees,
            "reader": judges.learn_to_read(more, told, NAMES)}


@torch.no_grad()
def put_on(data, model):
    """Glasses for the unseen faces that have none, by each way that the model knows.

    seen: how many have glasses then, by a classifier that was trained on real faces. moved: how
    far the other factors went, root mean square, in their ranges. ideal_mse: against the face
    that has the same factors and glasses.
    """
    bare = data["test"][:, 6] < 0.5
    x, true = data["x_test"][bare], data["test"][bare]
    people, reader = np.arange(len(x)), data["reader"]
    ideal = reader.repaint(np.concatenate([true[:, :6], np.ones((len(x), 1))], 1))

    def judged(y, before):
        y, before = as_saved(y), as_saved(before)
        seen = data["sees"].predict(y.flatten(1).numpy())
        moved = np.square((reader.read(y) - reader.read(before))[:, :6]).mean(1)
        found = {"seen": interval(seen, people)._asdict(),
                 "ideal_mse": interval(picture_mse(ideal, y), people)._asdict()}
        root = np.sqrt(list(interval(moved, people)))
        return found | {"moved": dict(zip(("value", "low", "high"), root.tolist(), strict=True))}

    z, codes = model.encode(x)[0], model.encode(data["x"])[0]
    probe = LogisticRegression(max_iter=2000).fit(codes, data["glasses"][:, 0])
    scores = probe.predict_proba(model.encode(data["x_test"])[0])[:, 1]
    found = {"painted": judged(ideal, x), "code_auc": interval(
        (data["test"][:, 6], scores), np.arange(len(scores)), "auc")._asdict()}
    if isinstance(model, Told):
        ask = torch.ones(len(x), 1)
        found["asked"] = judged(model.decode(z, ask), model.decode(z, 0 * ask))
        mixture = fit_mixture(codes)[0]
        mixture.random_state = 0
        drawn = torch.from_numpy(mixture.sample(1000)[0]).float()
        for want in (0, 1):
            y = as_saved(model.decode(drawn, torch.full((1000, 1), float(want))))
            seen = data["sees"].predict(y.flatten(1).numpy())
            found[f"drawn, told {want}"] = interval(seen, np.arange(1000))._asdict()
        return found
    wears = data["glasses"][:, 0] > 0.5
    direction = codes[wears].mean(0) - codes[~wears].mean(0)
    before = model.decode(z)
    found["reconstructed"] = judged(before, before)
    found["painted, reconstructed"] = judged(model.decode(model.encode(ideal)[0]), before)
    for strength in STRENGTHS:
        found[f"+{strength}"] = judged(model.decode(z + strength * direction), before)
        torch.manual_seed(0)
        other = torch.randn_like(z) * codes.std(0)
        other *= direction.norm() / other.norm(dim=1, keepdim=True)
        found[f"random {strength}"] = judged(model.decode(z + strength * other), before)
    return found


def shifted(x, generator):
    """Faces moved by up to two pixels and mirrored at random: (N, 3, H, W) -> the same."""
    high, wide = x.shape[2:]
    padded = F.pad(x, (2, 2, 2, 2), mode="replicate")
    moves = torch.randint(5, (len(x), 2), generator=generator).tolist()
    moved = torch.stack([one[:, dy : dy + high, dx : dx + wide]
                         for one, (dy, dx) in zip(padded, moves, strict=True)])
    mirrored = torch.rand(len(x), 1, 1, 1, generator=generator) < 0.5
    return torch.where(mirrored, moved.flip(3), moved)


def probes(n, seed):
    """AUC of a probe for glasses on 2,000 unseen faces, from n real ones: {what helped: AUC}.

    "real": nothing. "shifted": ten moved and mirrored copies of each. "generated": ten faces for
    each from a model of these n faces and their labels, half of them told to wear glasses, codes
    from a Gaussian; "generated only": these alone. The probe is ridge regression on pixels, of the
    strength that is best on 500 faces of yet other people, for each of the four by itself.
    """
    x, factors = new_faces(n, 300 + seed, "train", NAMES)
    label = torch.from_numpy(factors[:, 6:]).float()
    torch.manual_seed(seed)
    model = vaes.train(Told(), x, {"seed": seed, "steps": 800}, told=label).requires_grad_(False)
    codes = GaussianMixture(1, random_state=seed, reg_covar=1e-2).fit(model.encode(x)[0])
    asked = (torch.rand(COPIES * n, 1) < 0.5).float()
    y = as_saved(model.decode(torch.from_numpy(codes.sample(len(asked))[0]).float(), asked))
    generator = torch.Generator().manual_seed(seed)
    copies = shifted(x.repeat(COPIES, 1, 1, 1), generator)
    (x_valid, valid), (x_test, test) = (
        (pictures.flatten(1).numpy(), of[:, 6]) for pictures, of in (
            new_faces(500, 500 + seed, "test", NAMES), new_faces(2000, 600 + seed, "test", NAMES)))

    def auc(pictures, labels):
        found = []
        for alpha in ALPHAS:
            probe = RidgeClassifier(alpha).fit(pictures.flatten(1).numpy(), labels[:, 0].numpy())
            found.append([float(roc_auc_score(true, probe.decision_function(z)))
                          for z, true in ((x_valid, valid), (x_test, test))])
        return max(found)[1]  # the best on the validation faces

    return {"real": auc(x, label),
            "shifted": auc(torch.cat([x, copies]), label.repeat(COPIES + 1, 1)),
            "generated": auc(torch.cat([x, y]), torch.cat([label, asked])),
            "generated only": auc(y, asked)}
