"""Studies: experiments too long for a lesson, made of what the lessons taught.

`python -m helpers study 01` runs the experiments of helpers/studies/lesson_01.py, one after the
other, and writes docs/studies/01.json, from which the lesson draws. What is done is kept in runs/
meanwhile: a study that was interrupted goes on with the experiment in which it stopped.

A study is a module with
    experiments(faces)  {name: settings}, a dict of plain Python each
    prepare(faces)      what all experiments share, such as the pictures
    run(shared, settings, watch) -> (results, a dict of plain Python; the model)
                        watch(done, total) is called now and then
    estimate(shared, settings) -> seconds that it would take on this computer, from a few steps
    WEIGHTS             {name of a file in helpers/weights: name of the experiment}
"""

import importlib
import json
import time

import torch
from safetensors.torch import save

from helpers import ROOT
from helpers.files import whole_file, write_text
from helpers.machine import where_and_when
from helpers.messages import CourseError, both, say
from helpers.models import WEIGHTS
from helpers.threads import share_cores


def find_study(number):
    """The module of study `number`, such as "01" or "1"; CourseError where there is none."""
    name = f"lesson_{number.zfill(2)}"
    there = sorted(path.stem for path in (ROOT / "helpers" / "studies").glob("lesson_*.py"))
    if name not in there:
        raise CourseError(both("study_unknown", got=number, studies=", ".join(
            found.removeprefix("lesson_") for found in there)))
    return importlib.import_module(f"helpers.studies.{name}")


def study_path(number, faces, root=ROOT):
    """docs/studies/01.json, or docs/studies/01_lfw.json on photographs."""
    return root / "docs" / "studies" / f"{number.zfill(2)}{'_lfw' * (faces == 'lfw')}.json"


def run_study(number, faces="synthetic", dry=False, root=ROOT):
    """Runs study `number` on `faces`, "synthetic" or "lfw"; returns the path of what it wrote.

    dry: only says what it would take on this computer, and returns None.
    """
    study = find_study(number)
    number = number.zfill(2)
    todo = study.experiments(faces)
    kept = root / "runs" / "studies" / f"{number}_{faces}.json"
    done = _read(kept)
    left = [name for name, settings in todo.items() if done.get(name, {}).get("of") != settings]
    torch.manual_seed(0)
    share_cores()
    shared = study.prepare(faces)
    if dry:
        seconds = sum(study.estimate(shared, todo[name]) for name in left)
        say("study_dry", n=len(left), total=len(todo), minutes=max(1, round(seconds / 60)))
        return None
    models = {}
    for name in left:
        began = time.perf_counter()

        def watch(step, steps, name=name):
            print(f"\r[{list(todo).index(name) + 1}/{len(todo)}] {name}  {step / steps:4.0%}",
                  end="", flush=True)

        results, models[name] = study.run(shared, todo[name], watch)
        seconds = round(time.perf_counter() - began, 1)
        print(f"  {seconds:.0f} s")
        done[name] = {"of": todo[name], **results, "seconds": seconds}
        write_text(kept, json.dumps(done, indent=1))
        _keep_weights(study, faces, name, models[name])
    path = study_path(number, faces, root)
    command = f"python -m helpers study {number}" + " --faces lfw" * (faces == "lfw")
    content = {"command": command, "faces": faces, **where_and_when(),
               "seconds": round(sum(done[name]["seconds"] for name in todo), 1),
               "results": {name: done[name] for name in todo}}
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    say("study_written", path=path)
    return path


def _read(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _keep_weights(study, faces, name, model):
    """Writes the parameters of a model that later lessons start from, in float16."""
    for file, experiment in study.WEIGHTS.items():
        if experiment == name and faces == "synthetic":
            tensors = {key: value.half().contiguous() for key, value in model.state_dict().items()}
            with whole_file(WEIGHTS / f"{file}.safetensors") as written:
                written.write(save(tensors))
