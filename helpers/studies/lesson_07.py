"""Lesson 07: who draws the best faces, by judges that were judged first.

On drawn faces of 32x32 pixels that differ in six factors, those of lesson 06, and in glasses: all
contestants of the lesson with three seeds each and ten rounds of judging, cases whose fault is
known, temperature, ways between two faces, glasses put on, and whether faces that were generated
help to train a probe. Nothing of it can be run on photographs, whose factors nobody knows.
"""

import time
from functools import partial

import numpy as np
import torch

from helpers import judges
from helpers.faces import PICTURES_PER_PERSON
from helpers.intervals import interval, over_rounds
from helpers.messages import CourseError, both
from helpers.metrics import picture_mse
from helpers.models import VAE, load_weights
from helpers.studies import generators, glasses, vaes

SEEDS = (0, 1, 2)
ROUNDS = 10
LONG = 4000  # steps
WAYS = {"plain": ("box", "gaussian", "mixture"), "sigma 1": ("prior", "gaussian", "mixture"),
        "learned": ("prior", "gaussian", "mixture")}
KINDS = {"plain": {"model": "plain", "loss": "plain"}, "sigma 1": {"sigma": 1}, "learned": {}}
RATE = dict.fromkeys(("learned", "told"), {"rate": 0.004})  # 0.006 diverges for seed 1
WALK_RATES = (0.0005, 0.001, 0.002, 0.004, 0.008, 0.016)  # tried on validation faces
WALK_RATE, WALK_STEPS = 0.004, 6000
TEMPERATURES = (0.25, 0.5, 0.75, 1, 1.25, 1.5)
SIZES = [25, 50, 100, 200, 500, 1000, 2000]  # of sets, for the Fréchet distance
LEARNERS = [125, 250, 500, 1000, 2000]  # faces of either kind that a classifier learns from
BETWEEN = (0, 0.25, 0.5, 0.75, 1)
FEW, REPEATS = (20, 50, 100, 200, 500), 5
CLASSIFIERS = {"shapes": judges.by_shape, "traces": judges.by_traces}
WEIGHTS = {"07_unit": "sigma 1, seed 0", "07_walker": "walker, seed 0",
           "07_glasses": "glasses, learned, seed 0", "07_told": "glasses, told, seed 0"}


def experiments(faces):
    """All of the above."""
    if faces == "lfw":
        raise CourseError(both("study_no_factors"))
    todo = {name: {"kind": name, "rounds": ROUNDS} for name in ("references", "pPCA")}
    todo["cases"] = {"kind": "cases", "cases": generators.CASES, "rounds": ROUNDS}
    todo["sizes"] = {"kind": "sizes", "sizes": SIZES}
    todo["faces to learn from"] = {"kind": "learners", "sizes": LEARNERS}
    for kind, file in (("sigma 1", "06_unit"), ("learned", "06_vae")):
        todo[f"lesson 06, {kind}"] = {"kind": "model", "model": kind, "weights": file,
                                      "rounds": ROUNDS}
    for rate in WALK_RATES:
        todo[f"walker, rate {rate}"] = {"kind": "walk rate", "rate": rate, "seed": 0,
                                        "steps": 1500}
    for seed in SEEDS:
        for kind in WAYS:
            long = {"model": kind, "seed": seed, "steps": LONG, **RATE.get(kind, {})}
            todo[f"{kind}, seed {seed}"] = {"kind": "model", **long, "rounds": ROUNDS}
            if kind != "sigma 1":
                todo[f"glasses, {kind}, seed {seed}"] = {"kind": "glasses", **long}
        todo[f"glasses, told, seed {seed}"] = {"kind": "glasses", "model": "told", "seed": seed,
                                               "steps": LONG, **RATE["told"]}
        todo[f"walker, seed {seed}"] = {"kind": "walker", "rate": WALK_RATE, "seed": seed,
                                        "steps": WALK_STEPS, "rounds": ROUNDS}
        for file in ("06_plain", "06_vae"):
            todo[f"flow, {file}, seed {seed}"] = {
                "kind": "flow", "weights": file, "seed": seed, "rounds": ROUNDS}
    for n in FEW:
        todo[f"few, {n}"] = {"kind": "few", "n": n, "repeats": REPEATS, "alphas": glasses.ALPHAS}
    return todo


def prepare(faces):
    """Training faces, as many unseen ones, readers of factors, and the real faces of each round."""
    new = generators.new_faces
    shared = {"x_train": new(1640, 0, "train", every=1)[0],
              "x_unseen": new(1640, 0, "test", every=1)[0],
              "reader": judges.learn_to_read(*new(4000, 1, "train"), vaes.VARIED)}
    shared["real"] = []
    for turn in range(ROUNDS):
        x = new(generators.N, 1000 + turn)[0]
        shared["real"].append((x, shared["reader"].read(x)))
    return shared | {"glasses": glasses.prepare()}


def run(shared, settings, watch):
    """The results of one experiment, and its model."""
    return {"references": run_references, "cases": run_cases, "pPCA": run_ppca,
            "sizes": run_sizes, "learners": run_learners, "model": run_model,
            "flow": run_flow, "walk rate": run_walk_rate, "walker": run_walker,
            "glasses": run_glasses, "few": run_few}[settings["kind"]](shared, settings, watch)


def build(settings):
    """The untrained model of an experiment that WEIGHTS names."""
    if settings["kind"] == "walker":
        return generators.new_walker(settings["seed"])
    return glasses.build(settings)


@torch.no_grad()
def score(shared, model):
    """PSNR on unseen faces without glasses: of reconstructions, or of a walker's guesses."""
    x = shared["x_unseen"]
    if not isinstance(model, VAE):
        return {"test_psnr": generators.walker_psnr(model, x)}
    told = [torch.zeros(len(x), 1)] if isinstance(model, glasses.Told) else []
    people = np.arange(len(x)) // PICTURES_PER_PERSON
    found = interval(picture_mse(x, model.reconstruct(x, *told)), people, "psnr")
    return {"test_psnr": found._asdict()}


def over_all(values):
    """Numbers of independent repetitions with the interval of their mean, as a dict."""
    values = [round(value, 5) for value in values]
    return {**over_rounds(values)._asdict(), "rounds": values}


def rounds(shared, settings, draw, first=2000):
    """What every judge says of faces draw(n, seed), over all rounds: {judge: an Interval}."""
    found = {name: [] for name in generators.JUDGES}
    for turn in range(settings["rounds"]):
        real, read = shared["real"][turn]
        said = generators.judge(draw(generators.N, first + 10 * turn), real, read,
                                *(shared[key] for key in ("reader", "x_train", "x_unseen")))
        for name, value in said.items():
            found[name].append(value)
    return {name: over_all(values) for name, values in found.items()}


def run_references(shared, settings, watch):
    """Unseen faces, the floor; and training faces with a little noise, the cheat."""
    draws = {"unseen": lambda n, seed: generators.new_faces(n, seed)[0],
             "jittered": lambda n, seed: generators.jitter(shared["x_train"], n, seed)}
    return {name: rounds(shared, settings, draw) for name, draw in draws.items()}, None


def run_cases(shared, settings, watch):
    """Sets of faces whose fault is known."""
    return {name: rounds(shared, settings, lambda n, seed, name=name: generators.known_case(
        name, shared["x_train"], n, seed), first=5000) for name in settings["cases"]}, None


def run_ppca(shared, settings, watch):
    """Probabilistic PCA with as many numbers as the others."""
    ppca = generators.Ppca(shared["x_train"], vaes.CODE)
    return {"prior": rounds(shared, settings, ppca.draw)}, None


def run_sizes(shared, settings, watch):
    """The Fréchet distance of sets of N faces from as many unseen ones, twelve times each.

    Of unseen faces, whose distance is truly 0, and of lesson 06's autoencoder.
    """
    model = VAE().requires_grad_(False)
    model.load_state_dict(load_weights("06_plain"))
    codes, read = generators.Codes(model, shared["x_train"], plain=True), shared["reader"].read
    found = {"unseen": {}, "plain": {}}
    for n in settings["sizes"]:
        for name in found:
            values = []
            for turn in range(12):
                real = read(generators.new_faces(n, 7000 + 2 * turn)[0])
                other = (generators.new_faces(n, 7001 + 2 * turn)[0] if name == "unseen"
                         else generators.as_saved(codes.draw("gaussian", n, turn)))
                values.append(judges.frechet(real, read(other)))
            found[name][str(n)] = over_all(values)
    return found, None


def run_learners(shared, settings, watch):
    """How often a classifier is right that has learned from n faces of either kind.

    Tried on as many others. Of unseen faces, and of lesson 06's VAE, whose sigma was learned.
    """
    model = VAE().requires_grad_(False)
    model.load_state_dict(load_weights("06_vae"))
    codes, new = generators.Codes(model, shared["x_train"]), generators.new_faces
    ways = {"unseen": lambda n: new(n, 8001)[0],
            "reconstructions": lambda n: model.reconstruct(new(n, 8001)[0]),
            "mixture": lambda n: codes.draw("mixture", n, 8001)}
    found = {f"{way}, {kind}": {} for way in ways for kind in CLASSIFIERS}
    for n in settings["sizes"]:
        real = new(2 * n, 8000)[0]
        for way, draw in ways.items():
            fake = generators.as_saved(draw(2 * n))
            for kind, classifier in CLASSIFIERS.items():
                right = judges.two_sample(real, fake, classifier())
                found[f"{way}, {kind}"][str(n)] = interval(right, np.arange(len(right)))._asdict()
    return found, None


def run_model(shared, settings, watch):
    """One of the models of lesson 06: its ways to draw, reconstructions, temperature, between."""
    kind, x = settings["model"], shared["x_train"]
    if "weights" in settings:
        model = VAE()
        model.load_state_dict(load_weights(settings["weights"]))
    else:
        told = settings | KINDS[kind]
        told["model"] = KINDS[kind].get("model", "vae")
        model = vaes.train(vaes.build(told), x, told, watch)
    model.eval().requires_grad_(False)
    codes = generators.Codes(model, x, plain=kind == "plain")
    found = {way: rounds(shared, settings, lambda n, seed, way=way: codes.draw(way, n, seed))
             for way in WAYS[kind]}
    found["reconstructions"] = rounds(shared, settings, lambda n, seed: model.reconstruct(
        generators.new_faces(n, seed)[0]))
    found["components"] = codes.components
    found["temperature"] = {way: temper(shared, codes, way) for way in WAYS[kind] if way != "box"}
    found["between"] = generators.between(model, shared["reader"], BETWEEN)
    return found | score(shared, model), model


def temper(shared, codes, way):
    """Codes drawn closer to their mean, or further from it: {temperature: numbers of 5 rounds}."""
    middle = 0 if way == "prior" else codes.codes.mean(0)
    found = {}
    for heat in TEMPERATURES:
        said = {"precision": [], "recall": []}
        for turn, (real, _) in enumerate(shared["real"][:5]):
            z = codes.sample(way, generators.N, 2000 + 10 * turn)
            y = generators.as_saved(codes.model.decode(middle + heat * (z - middle)))
            for name, inside in zip(said, judges.precision_recall(real, y), strict=True):
                said[name].append(inside.float().mean().item())
        found[str(heat)] = {name: over_all(values) for name, values in said.items()}
    return found


def run_flow(shared, settings, watch):
    """Codes of a trained model of lesson 06 from a flow; its density of codes left out."""
    model = VAE().requires_grad_(False)
    model.load_state_dict(load_weights(settings["weights"]))
    codes = generators.Codes(model, shared["x_train"], settings["weights"] == "06_plain")
    left_out = codes.codes[-generators.VALID:]
    density = generators.fit_flow(codes.codes[:-generators.VALID], settings["seed"])[1](left_out)
    sample, _ = generators.fit_flow(codes.codes, settings["seed"])

    def draw(n, seed):
        torch.manual_seed(seed)
        return model.decode(sample(n))

    return {"log_density": density.mean().item(), "flow": rounds(shared, settings, draw)}, None


def run_walk_rate(shared, settings, watch):
    """The walker's error on the last 40 people of the training faces; None: diverged."""
    x = shared["x_train"]
    model = generators.train_walker(x[:-160], settings, watch)
    psnr = generators.walker_psnr(model, x[-160:])["value"]
    return {"valid_psnr": psnr if np.isfinite(psnr) else None}, model


def run_walker(shared, settings, watch):
    """Lesson 03's denoiser, walked from noise."""
    model = generators.train_walker(shared["x_train"], settings, watch)
    found = {"noise": rounds(shared, settings, partial(generators.walked, model))}
    return found | score(shared, model), model


def run_glasses(shared, settings, watch):
    """A model of faces with and without glasses: what putting them on does."""
    data = shared["glasses"]
    told = data["glasses"] if settings["model"] == "told" else None
    model = vaes.train(glasses.build(settings), data["x"],
                       settings | KINDS.get(settings["model"], {}), watch, told)
    return glasses.put_on(data, model) | score(shared, model), model


def run_few(shared, settings, watch):
    """Does a probe for glasses gain from generated faces, if there are n real ones?"""
    found = {}
    for turn in range(settings["repeats"]):
        for name, auc in glasses.probes(settings["n"], turn).items():
            found.setdefault(name, []).append(auc)
        watch(turn + 1, settings["repeats"])
    return {name: over_all(aucs) for name, aucs in found.items()}, None


def estimate(shared, settings):
    """Seconds that an experiment would take on this computer, from a few timed steps."""
    began = time.perf_counter()
    vaes.train(vaes.build({"seed": 0}), shared["x_train"], {"seed": 0, "steps": 20})
    step = (time.perf_counter() - began) / 20
    times = {"few": 800 * settings.get("repeats", 0), "walker": 1.2 * settings.get("steps", 0),
             "walk rate": 1.2 * settings.get("steps", 0)}
    return step * times.get(settings["kind"], settings.get("steps", 1000) + 2000)
