"""Lesson 08: when a large error is an alarm, and what is a better one.

On drawn faces of 32x32 pixels without glasses, of all other factors: the error of networks and of
PCA with codes of many sizes, all scores of `alarms` against all kinds of anomalies, and what
anomalies among the training faces, twenty known anomalies and a rare skin tone do. Photographs
have no twins without the anomaly, so nothing of it is run on them.
"""

import time
from functools import partial

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import GridSearchCV
from torch.nn import functional as F

from helpers.anomalies import KINDS, mask, normal_faces, spoil
from helpers.corruptions import add_salt_pepper
from helpers.intervals import interval, over_rounds
from helpers.messages import CourseError, both
from helpers.metrics import picture_mse
from helpers.models import VAE, Denoiser, load_weights
from helpers.studies import alarms, generators, vaes

SEEDS = (0, 1, 2)
CODES = (16, 64, 128, 512, 2048)
RATES = {"recipe": (0.001, 0.002, 0.004, 0.008, 0.016), "dense": (0.0005, 0.001, 0.002, 0.004),
         "lesson 01": (0.002, 0.004, 0.008, 0.016, 0.032)}  # tried on held-out faces
HARD = {"recipe": 2048, "dense": 2048, "lesson 01": 16}  # codes that a high rate spoils first
RATE = {"recipe": 0.004, "dense": 0.001, "lesson 01": 0.004}  # best for both sizes together
VAE_SETTINGS = {"model": "vae", "code": 32, "steps": 4000, "rate": 0.004}
WALK = {"steps": 3000, "rate": 0.004}
LOCAL = ["glasses", "two left eyes", "no mouth", "box"]  # anomalies of a part of the picture
SHARES = [0, 0.01, 0.02, 0.05, 0.1]  # of anomalies among the training faces
TRAINED = [0.1]  # of these shares also a network is trained
MIXED_IN = ["glasses", "upside down", "box"]
LABELLED = 20
RARE = 0.05  # share of the rare half of the tones in a skewed training set
# what is alike: a score that is chosen on one of a family has seen the others half
FAMILIES = {"simple": ["blurred", "blank"], "whole": ["upside down", "digit"],
            "part": ["glasses", "two left eyes", "no mouth", "box"], "noise": ["noise"],
            "colours": ["colours"]}
WEIGHTS = {"08_recipe": "recipe 128, seed 0", "08_vae": "vae, seed 0",
           "08_walker": "walker, seed 0"}


def pixelated(x):
    """Squares of four pixels are one: (N, 3, S, S) -> the same, as all of NEW."""
    return F.interpolate(F.avg_pool2d(x, 2), scale_factor=2)


def with_dead_rows(x):
    """Two rows that the camera does not see."""
    dead = x.clone()
    dead[:, :, 20:22] = 0
    return dead


def with_patch(x):
    """A square of another person's face."""
    patched = x.clone()
    patched[:, :, 12:22, 8:18] = x.roll(4, 0)[:, :, 12:22, 8:18]
    return patched


NEW = {  # kinds that were thought of when all scores stood: nothing was chosen with them
    "turned": lambda x: x.rot90(1, (2, 3)), "negative": lambda x: 1 - x,
    "colourless": lambda x: x.mean(1, keepdim=True).expand_as(x),
    "faded": lambda x: 0.5 * (x + x.mean((1, 2, 3), keepdim=True)), "darkened": torch.square,
    "halves swapped": lambda x: x.roll(x.shape[-1] // 2, 3), "pixelated": pixelated,
    "dead rows": with_dead_rows, "another's patch": with_patch,
    "two blended": lambda x: 0.5 * (x + x.roll(4, 0)),
    "salt and pepper": lambda x: add_salt_pepper(x, 0.05, torch.Generator().manual_seed(0)),
}


def experiments(faces):
    """All of the above."""
    if faces == "lfw":
        raise CourseError(both("study_no_factors"))
    todo = {}
    for model, rates in RATES.items():
        for code in (128, HARD[model]):
            for rate in rates:
                todo[f"{model} {code}, rate {rate}"] = {
                    "kind": "rate", "model": model, "rate": rate, "code": code, "seed": 0,
                    "steps": 1500}
    for seed in SEEDS:
        nets = {"recipe 128": ("net", {"model": "recipe", "code": 128, "rate": RATE["recipe"]}),
                "vae": ("vae", VAE_SETTINGS), "walker": ("walker", WALK)}
        for name, (kind, settings) in nets.items():
            todo[f"{name}, seed {seed}"] = {"kind": kind, **settings, "seed": seed}
        todo[f"scores, seed {seed}"] = {"kind": "scores", "seed": seed, "families": FAMILIES,
                                        "new": sorted(NEW)}
    for seed in SEEDS:
        todo[f"contaminated, seed {seed}"] = {"kind": "contaminated", "seed": seed,
                                              "shares": SHARES, "trained": TRAINED,
                                              "kinds": MIXED_IN}
        todo[f"labelled, seed {seed}"] = {"kind": "labelled", "seed": seed, "n": LABELLED}
    todo["skin tones"] = {"kind": "skin", "rounds": 10, "rare": RARE}
    todo["another tone"] = {"kind": "tone", "tones": [0.25, 0.75]}
    for code in CODES[:-1]:
        todo[f"PCA {code}"] = {"kind": "PCA", "code": code}
    for seed in SEEDS[:1]:  # the others of 128 numbers show how little a seed changes
        for model, rate in RATE.items():
            for code in CODES:
                todo.setdefault(f"{model} {code}, seed {seed}",
                                {"kind": "net", "model": model, "code": code, "rate": rate,
                                 "seed": seed})
    todo["lesson 01 8192, 64x64"] = {"kind": "64", "model": "lesson 01", "code": 8192, "seed": 0,
                                     "rate": RATE["lesson 01"]}
    return todo


def test_faces(size=32):
    """Unseen faces of 200 people, and all kinds of anomalies of each: Faces, {kind: pictures}."""
    faces = normal_faces(800, "test", seed=1, size=size)
    return faces, {kind: spoil(faces, kind) for kind in KINDS}


def prepare(faces):
    """Training faces, others to choose and to fit with, and test faces with their anomalies."""
    faces, spoilt = test_faces()
    return {"train": normal_faces(2000, "train", seed=0), "held": normal_faces(400, "train", 1),
            "more": normal_faces(400, "train", seed=2), "test": faces, "spoilt": spoilt}


def run(shared, settings, watch):
    """The results of one experiment, and its model."""
    return {"rate": run_rate, "net": run_net, "PCA": run_pca, "64": run_64, "vae": run_vae,
            "walker": run_walker, "scores": run_scores, "contaminated": run_contaminated,
            "labelled": run_labelled, "skin": run_skin, "tone": run_tone,
            }[settings["kind"]](shared, settings, watch)


def build(settings):
    """The untrained model of an experiment that WEIGHTS names."""
    if settings["kind"] == "walker":
        return generators.new_walker(settings["seed"])
    return (vaes if settings["kind"] == "vae" else alarms).build(settings)


@torch.no_grad()
def score(shared, model):
    """PSNR on unseen faces without anomalies: of reconstructions, or of a denoiser's guesses."""
    faces = shared["test"]
    if isinstance(model, Denoiser):
        return {"test_psnr": generators.walker_psnr(model, faces.x)}
    y = model.reconstruct(faces.x) if isinstance(model, VAE) else alarms.rebuilt(model, faces.x)
    found = interval(picture_mse(faces.x, y.clamp(0, 1)), faces.people, "psnr")
    return {"test_psnr": found._asdict()}


def aucs(normal, spoilt, people):
    """AUC of each kind with its interval, from scores of faces (N,) and {kind: scores}."""
    labels, twice = np.repeat([0, 1], len(normal)), np.tile(people, 2)
    return {kind: interval((labels, np.concatenate([normal, found])), twice, "auc")._asdict()
            for kind, found in spoilt.items()}


def all_aucs(shared, score):
    """The AUC of a score on the test faces and all kinds."""
    return aucs(score(shared["test"].x), {kind: score(x) for kind, x in shared["spoilt"].items()},
                shared["test"].people)


def localised(shared, rebuild, kinds=LOCAL):
    """Does the error show where an anomaly is? Average precision on its mask, by kind.

    Over pictures in which anything differs. Baselines: "usual error", the mean error of held-out
    faces at each pixel, which does not look at the picture; the distance to the mean face; edges;
    the error of the normal twin, who has no anomaly.
    """
    faces, mean = shared["test"], shared["train"].x.mean(0)
    maps = {"error": lambda x: (x - rebuild(x)).square().mean(1),
            "mean face": lambda x: (x - mean).square().mean(1), "edges": edges}
    twin, usual = maps["error"](faces.x), maps["error"](shared["held"].x).mean(0)
    always = {"normal twin": twin, "usual error": usual.expand_as(twin)}
    found = {}
    for kind in kinds:
        x = shared["spoilt"][kind]
        true = mask(faces.x, x)
        there = true.flatten(1).any(1).numpy()
        drawn = {name: found_map(x) for name, found_map in maps.items()} | always
        share = true.float().mean((1, 2)).numpy()
        values = {"a guess": share[there]} | {
            name: np.array([average_precision_score(true[i].flatten(), drawn[name][i].flatten())
                            for i in np.flatnonzero(there)]) for name in drawn}
        people = faces.people[there]
        found[kind] = {name: interval(v, people)._asdict() for name, v in values.items()}
        for other in ("edges", "usual error"):
            found[kind][f"error - {other}"] = interval(values["error"], people,
                                                       other=values[other])._asdict()
    return found


def edges(x):
    """Mean absolute difference to the pixels below and to the right, (N, S, S)."""
    down, right = F.pad(x.diff(dim=2).abs(), (0, 0, 0, 1)), F.pad(x.diff(dim=3).abs(), (0, 1))
    return (down + right).mean(1)


def run_rate(shared, settings, watch):
    """The error on held-out faces that a rate leads to; None: diverged."""
    model = alarms.train(alarms.build(settings), shared["train"].x, settings, watch)
    found = picture_mse(shared["held"].x, alarms.rebuilt(model, shared["held"].x).clamp(0, 1))
    psnr = -10 * float(found.mean().log10())
    return {"valid_psnr": psnr if np.isfinite(psnr) else None}, model


def run_net(shared, settings, watch):
    """A network's error as a score, and whether it shows the place."""
    model = alarms.train(alarms.build(settings), shared["train"].x, settings, watch)
    model.requires_grad_(False)
    if settings["model"] == "recipe" and settings["code"] == 128:
        trained["net", settings["seed"]] = model
    return judged(shared, model), model


def judged(shared, model):
    """What run_net and run_pca find out."""
    log_error = np.log(alarms.error(model, shared["test"].x))
    log_variation = np.log(alarms.variation(shared["test"].x))
    return {**score(shared, model), "auc": all_aucs(shared, partial(alarms.error, model)),
            "variation_r": float(np.corrcoef(log_error, log_variation)[0, 1]),
            "localised": localised(shared, partial(alarms.rebuilt, model))}


def run_pca(shared, settings, watch):
    """The same of PCA."""
    return judged(shared, fit_pca(shared["train"].x, settings["code"])), None


def fit_pca(x, code, **more):
    """PCA of pictures (N, ...) with `code` components."""
    return PCA(code, svd_solver="randomized", random_state=0, **more).fit(x.flatten(1).numpy())


def run_64(shared, settings, watch):
    """The networks whose code lesson 01 and lesson 05 have, at 64x64 pixels."""
    torch.manual_seed(settings["seed"])
    model = alarms.MODELS[settings["model"]](128 * 16)  # channels of the code: 128
    train = normal_faces(2000, "train", seed=0, size=64)
    model = alarms.train(model, train.x, settings, watch).requires_grad_(False)
    faces, spoilt = test_faces(64)
    return judged({"train": train, "held": normal_faces(400, "train", 1, 64), "test": faces,
                   "spoilt": spoilt}, model), model


def run_vae(shared, settings, watch):
    """The negative ELBO as a score."""
    model = vaes.train(vaes.build(settings), shared["train"].x, settings, watch)
    model.eval().requires_grad_(False)
    trained["vae", settings["seed"]] = model
    return {**score(shared, model), "auc": all_aucs(shared, partial(alarms.negative_elbo, model)),
            "sigma": model.log_sigma.exp().item()}, model


def run_walker(shared, settings, watch):
    """What a denoiser leaves, at several levels of noise, as a score."""
    model = generators.train_walker(shared["train"].x, settings, watch).requires_grad_(False)
    trained["walker", settings["seed"]] = model
    return {**score(shared, model), "auc": {
        f"{s:g}": all_aucs(shared, partial(alarms.denoised, model, sigma=s))
        for s in alarms.LEVELS}}, model


trained = {}  # networks of this run, which other experiments need again


def networks(shared, seed, watch):
    """The three networks of a seed; of seed 0 those in helpers/weights."""
    todo = experiments("synthetic")
    models = []
    for file, name in WEIGHTS.items():
        settings = todo[name] | {"seed": seed}
        model, x = build(settings), shared["train"].x
        if kept := trained.get((settings["kind"], seed)):
            model = kept
        elif seed == 0:
            model.load_state_dict(load_weights(file))
        else:
            train = {"net": alarms.train, "vae": vaes.train}.get(settings["kind"])
            model = (train(model, x, settings, watch) if train
                     else generators.train_walker(x, settings, watch))
        models.append(model.eval().requires_grad_(False))
    return models


def run_scores(shared, settings, watch):
    """All scores against all kinds; who is best by interval; what would be chosen without a kind.

    "new": the mean over kinds that nothing was chosen with.
    """
    scores = alarms.fitted(shared["train"].x, shared["held"].x,
                           *networks(shared, settings["seed"], watch))
    faces = shared["test"]
    pictures = shared["spoilt"] | {kind: NEW[kind](faces.x) for kind in settings["new"]}
    values = {}  # score -> {kind: (2 N,)}, those of the normal twins first
    for n, (name, one) in enumerate(scores.items()):
        watch(n, len(scores))
        normal = one(faces.x)
        values[name] = {kind: np.append(normal, one(x)) for kind, x in pictures.items()}
    labels, twice = np.repeat([0, 1], len(faces.x)), np.tile(faces.people, 2)

    def of(name, kinds, other=None):
        """The AUC, over several kinds its mean, or what it is better than that of `other`."""
        def arrays(name):
            columns = np.stack([values[name][kind] for kind in kinds], 1)
            return np.repeat(labels[:, None], len(kinds), 1), columns
        return interval(arrays(name), twice, "auc", other=arrays(other) if other else None)

    found = {name: {kind: of(name, [kind])._asdict() for kind in KINDS} for name in scores}
    ties = {}
    for kind in KINDS:
        by = {name: found[name][kind]["value"] for name in found}
        best = max(by, key=by.get)
        ties[kind] = [best, *(name for name in by
                              if name != best and of(best, [kind], name).low <= 0)]
    new = {name: of(name, settings["new"])._asdict() for name in scores}
    best = max(new, key=lambda name: new[name]["value"])
    return {"auc": found, "best": ties, "new": new,
            "new_best": [name for name in new if name == best or of(
                best, settings["new"], name).low <= 0],
            "new_by_kind": {name: {kind: auc_of(values[name][kind]) for kind in settings["new"]}
                            for name in scores},
            "left_out": left_out(values, faces.people, {kind: [kind] for kind in KINDS}),
            "family_left_out": left_out(values, faces.people, settings["families"]),
            "variation_r": float(np.corrcoef(*(np.log(values[name]["box"][labels == 0])
                                               for name in ("error", "variation")))[0, 1]),
            }, None


def auc_of(scores):
    """AUC of scores (2 N,), those of N normal pictures first."""
    return float(roc_auc_score(np.repeat([0, 1], len(scores) // 2), scores))


def left_out(values, people, groups):
    """What would be chosen without a group of kinds, by mean AUC, and what it does on these.

    Half of the people choose, the other half test. values: score -> {kind: (2 N,) scores}.
    """
    choose = np.tile(np.isin(people, np.unique(people)[::2]), 2)
    labels, twice, found = np.repeat([0, 1], len(people)), np.tile(people, 2), {}
    for group in groups.values():
        others = [kind for kind in KINDS if kind not in group]
        mean = {name: np.mean([auc_of(by[kind][choose]) for kind in others])
                for name, by in values.items()}
        pick = max(mean, key=mean.get)
        for kind in group:
            found[kind] = {"score": pick, **interval(
                (labels[~choose], values[pick][kind][~choose]), twice[~choose],
                "auc")._asdict()}
    return found


def run_contaminated(shared, settings, watch):
    """AUC when a share of the training faces are anomalies of the kind that is looked for."""
    seed, x, normal = settings["seed"], shared["train"].x, shared["test"].x
    order = torch.randperm(400, generator=torch.Generator().manual_seed(seed))
    recipe = {"model": "recipe", "code": 128, "rate": RATE["recipe"], "seed": seed}
    found, psnr = {}, {}
    for kind in settings["kinds"]:
        bad = spoil(shared["more"], kind, seed)[order]
        for share in settings["shares"]:
            n = round(share * len(x))
            mixed = torch.cat([x[n:], bad[:n]])
            short = partial(alarms.encoded, fit_pca(mixed, 64, whiten=True))
            scores = {"error, PCA": partial(alarms.error, fit_pca(mixed, 128)),
                      "nearest in PCA": alarms.nearest(short, mixed),
                      **alarms.opponents(short, mixed)}
            if share in settings["trained"]:
                net = alarms.build(recipe)
                alarms.train(net, mixed, recipe, watch).requires_grad_(False)
                scores["error"] = partial(alarms.error, net)
                psnr[kind] = score(shared, net)["test_psnr"]
            for name, one in scores.items():
                found.setdefault(kind, {}).setdefault(name, {})[str(share)] = aucs(
                    one(normal), {kind: one(shared["spoilt"][kind])},
                    shared["test"].people)[kind]
    return {"auc": found, "psnr": psnr}, None


def features(pca, x):
    """What a classifier is given: a whitened code and the logarithm of an 8x8 map of errors."""
    code = alarms.encoded(pca, x) / np.sqrt(pca.explained_variance_)
    wrong = (x - alarms.rebuilt(pca, x)).square().mean(1, keepdim=True)
    wrong = F.avg_pool2d(wrong, x.shape[-1] // 8).flatten(1).clamp(min=alarms.LEAST**2).log()
    return np.concatenate([code, wrong.numpy()], 1)


def run_labelled(shared, settings, watch):
    """A classifier that was told of `n` anomalies of one kind, against all kinds: AUC.

    The PCA is fitted to one half of the training faces; the other half, which it has not seen, is
    the classifier's normal class. C from 0.0001 to 1: by cross-validation, within the `n`.
    "with": it rings, or three statistics of the same PCA do: the larger of two ranks among
    held-out faces. "without": the three statistics alone.
    """
    x, n, found = shared["train"].x, settings["n"], {"auc": {}, "with": {}}
    pca = fit_pca(x[: len(x) // 2], 128)
    three = alarms.Usual([lambda x: np.log(alarms.error(pca, x)),
                          lambda x: np.log(alarms.variation(x)),
                          alarms.CodeDistance(partial(alarms.encoded, pca), x[: len(x) // 2])],
                         shared["held"].x)
    sets = {"normal": shared["test"].x, "held": shared["held"].x, **shared["spoilt"]}
    given = {name: features(pca, part) for name, part in sets.items()}
    plain = {name: three(part) for name, part in sets.items()}
    start = features(pca, x[len(x) // 2:])
    order = np.random.default_rng(settings["seed"]).permutation(400)[:n]
    people = shared["test"].people

    def ranks(scores):
        return {name: np.searchsorted(np.sort(scores["held"]), part) for name, part
                in scores.items()}

    def all_kinds(scores):
        return aucs(scores["normal"], {kind: scores[kind] for kind in KINDS}, people)

    for number, kind in enumerate(KINDS):
        watch(number, len(KINDS))
        bad = features(pca, spoil(shared["more"], kind, 10 + settings["seed"])[order])
        fit = GridSearchCV(LogisticRegression(class_weight="balanced", max_iter=2000),
                           {"C": [0.0001, 0.001, 0.01, 0.1, 1]}, scoring="roc_auc").fit(
            np.concatenate([start, bad]), np.repeat([0, 1], [len(start), n]))
        told = {name: fit.decision_function(part) for name, part in given.items()}
        found["auc"][kind] = all_kinds(told)
        both = zip(*(ranks(scores).values() for scores in (told, plain)), strict=True)
        found["with"][kind] = all_kinds(dict(zip(sets, (np.maximum(a, b) for a, b in both),
                                                 strict=True)))
    return found | {"without": all_kinds(plain)}, None


def tones(n, half, seed, split="train"):
    """Faces whose skin is of the lighter or the darker half of the tones."""
    return normal_faces(n, split, seed, skin_tone=(0, 0.5) if half == "light" else (0.5, 1))


def run_skin(shared, settings, watch):
    """Alarms by skin tone: who is rare in training, one threshold or one for each half.

    Over rounds with their own people. Thresholds promise 5 % false alarms. "pooled": of held-out
    faces as many of each half; "by half": one for each.
    """
    found, halves = {}, ("light", "dark")
    for turn in range(settings["rounds"]):
        watch(turn, settings["rounds"])
        seed = 100 + 10 * turn
        pool, held = ({h: tones(n, h, seed + k + i).x for k, h in enumerate(halves)}
                      for i, n in ((0, 1900), (2, 400)))
        test = {h: tones(400, h, seed + k, "test") for k, h in enumerate(halves)}
        bad = {h: {kind: spoil(faces, kind, seed) for kind in ("glasses", "box")}
               for h, faces in test.items()}
        few = round(settings["rare"] * 2000)
        sets = {"dark rare": (2000 - few, few), "light rare": (few, 2000 - few),
                "balanced": (1000, 1000)}
        for name, (light, dark) in sets.items():
            x = torch.cat([pool["light"][:light], pool["dark"][:dark]])
            pca = fit_pca(x, 128)
            one = {"error": partial(alarms.error, pca), "three statistics": alarms.Usual(
                [lambda x, pca=pca: np.log(alarms.error(pca, x)),
                 lambda x: np.log(alarms.variation(x)),
                 alarms.CodeDistance(partial(alarms.encoded, pca), x)],
                torch.cat([x[:len(x) // 2] for x in held.values()]))}
            for score_name, s in one.items():
                left = {h: s(x[len(x) // 2:]) for h, x in held.items()}
                pooled = conformal(np.concatenate(list(left.values())), 0.05)
                for h in halves:
                    for way, at in (("pooled", pooled), ("by half", conformal(left[h], 0.05))):
                        rates = {"false alarms": s(test[h].x)} | {
                            kind: s(y) for kind, y in bad[h].items()}
                        for rate, values in rates.items():
                            place = found.setdefault(name, {}).setdefault(score_name, {})
                            place.setdefault(way, {}).setdefault(h, {}).setdefault(
                                rate, []).append(float((values > at).mean()))
    return over_all(found), None


def run_tone(shared, settings, watch):
    """The same faces, each with two skin tones: how error and variation change with nothing else.

    The PCA has seen as many of each half. Logarithms of ratios, second tone to first.
    """
    pca = fit_pca(torch.cat([tones(1000, half, 90 + k).x for k, half in
                             enumerate(("light", "dark"))]), 128)
    light, dark = (normal_faces(800, "test", seed=1, skin_tone=(tone, tone))
                   for tone in settings["tones"])
    found = {}
    for name, quantity in (("error", partial(alarms.error, pca)), ("variation", alarms.variation)):
        ratio = np.log(quantity(dark.x)) - np.log(quantity(light.x))
        found[f"log_{name}_ratio"] = interval(ratio, light.people)._asdict()
        found[f"{name}_smaller"] = interval((ratio < 0).astype(float), light.people)._asdict()
    return found, None


def conformal(scores, rate):
    """The threshold above which at most a share `rate` of new normal pictures lie, on average."""
    place = int(np.ceil((len(scores) + 1) * (1 - rate)))  # counted from 1
    return np.inf if place > len(scores) else np.sort(scores)[place - 1]


def over_all(found):
    """Every list of rounds in nested dicts with the interval of its mean."""
    if isinstance(found, dict):
        return {key: over_all(value) for key, value in found.items()}
    rounded = [round(value, 5) for value in found]
    return {**over_rounds(rounded)._asdict(), "rounds": rounded}


def estimate(shared, settings):
    """Seconds that an experiment would take on this computer, from a few timed steps."""
    began = time.perf_counter()
    recipe = {"model": "recipe", "code": 128, "rate": 0.004, "seed": 0, "steps": 20}
    alarms.train(alarms.build(recipe), shared["train"].x, recipe)
    step = (time.perf_counter() - began) / 20
    times = {"contaminated": 15 * alarms.STEPS, "64": 4 * alarms.STEPS, "scores": 4 * alarms.STEPS}
    return step * times.get(settings["kind"], settings.get("steps", alarms.STEPS))
