"""The pretended GPU finds what a real one would refuse, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

START = """
import numpy as np, torch
from torch import nn
import pretend_gpu
pretend_gpu.pretend()
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
torch.manual_seed(0)
x, model = torch.rand(4, 3, 8, 8), nn.Conv2d(3, 2, 3).to(device)
y = model(x.to(device))
"""
REFUSED = {
    "a picture on the CPU": "model(x)",
    "a division": "y.detach().cpu() / y.max(1).values[:, None]",
    "a loss": "nn.functional.mse_loss(y, torch.rand(4, 2, 6, 6))",
    "a concatenation": "torch.cat([x, x.to(device)])",
    "an array": "y.detach().numpy()",
    "an array by NumPy": "np.asarray(y.detach())",
    "a generator": "torch.rand(3, device=device, generator=torch.Generator())",
    "a generator of the GPU": "torch.rand(3, generator=torch.Generator('cuda'))",
    "a gradient": "y.mean().backward(); model.weight.grad + torch.ones(2, 3, 3, 3)",
    "a matrix": "torch.from_numpy(np.eye(8)).float() @ x.to(device)",
}
FINE = {
    "moved": "y.cpu() + torch.ones(4, 2, 6, 6)",
    "one number": "y * torch.tensor(2.0) + 1",
    "made there": "y + torch.ones(6, device=y.device) + torch.zeros_like(y) + y.new_ones(6)",
    "indices of the CPU": "y[torch.tensor([0, 1])] + 1; y[..., torch.arange(6)]",
    "a step": "o = torch.optim.Adam(model.parameters()); y.mean().backward(); o.step()",
    "a generator": "torch.rand(6, device=device, generator=torch.Generator(device)) + y",
    "an array": "y.detach().cpu().numpy() + np.ones(6)",
    "a copy": "z = torch.zeros(4, 2, 6, 6); z.copy_(y.detach()); z + torch.ones(6)",
    "back and forth": "x.to(device).to('cpu') + x; x.to(y) + x.cuda()",
    "functions": "nn.functional.interpolate(y, None, 2) + nn.functional.pad(y, (3, 3, 3, 3))",
    "a tensor that lies where another lay": "for _ in range(300):\n"
    "    torch.rand(4, device=device)\n"
    "    torch.tensor([1.0, 2.0, 3.0, 4.0]) + torch.ones(4)\n"
    "    torch.rand(4, device=device)\n"
    "    torch.from_numpy(np.ones(4)) + torch.ones(4)",
}


def run(code):
    return subprocess.run([sys.executable, "-c", START + code], capture_output=True,
                          encoding="utf-8", cwd=Path(__file__).parent, timeout=100)


@pytest.fixture(scope="module")
def outcomes():
    """What became of every line: one process, since loading PyTorch takes seconds."""
    lines = {**{f"refused, {k}": v for k, v in REFUSED.items()},
             **{f"fine, {k}": v for k, v in FINE.items()}}
    code = f"""
names = dict(globals())
for name, line in {lines!r}.items():
    model.zero_grad()
    again = dict(names, y=model(x.to(device)))
    try:
        exec(line, again)
        print(name, "| done", sep="")
    except (RuntimeError, TypeError) as error:
        print(name, "| ", type(error).__name__, ": ", str(error)[:50], sep="")
"""
    done = run(code)
    assert done.returncode == 0, done.stderr
    return dict(line.split("| ") for line in done.stdout.splitlines())


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_gpu_refuses_is_refused(outcomes, name):
    assert outcomes[f"refused, {name}"].startswith(("RuntimeError: Expected", "TypeError: can't"))


@pytest.mark.parametrize("name", FINE)
def test_what_a_gpu_does_is_done(outcomes, name):
    assert outcomes[f"fine, {name}"] == "done"


def test_tensors_say_where_they_are():
    done = run("print(x.device, y.device, model.weight.device, y.is_cuda, x.is_cuda)")
    assert done.stdout.split() == ["cpu", "cuda:0", "cuda:0", "True", "False"], done.stderr


def test_the_maps_of_a_code_on_a_gpu_are_drawn():
    """Lesson 01's figure once mixed the two devices; every other function of plots takes both."""
    done = run("""
import matplotlib
matplotlib.use("Agg")
from helpers import plots
pictures = torch.rand(4, 3, 8, 8, device=device)
plots.show_feature_maps(y[0].detach()), plots.show_pictures(pictures)
plots.show_rows({"a": pictures, "b": pictures.cpu()}), plots.show_reconstructions(pictures, x)
print("drawn")
""")
    assert done.stdout.endswith("drawn\n"), done.stderr
