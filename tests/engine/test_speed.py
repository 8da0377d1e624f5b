"""Speed changes how long a model takes, not what it computes."""

import copy
import platform
import subprocess
import sys

import pytest
import torch
from torch import nn

from helpers import ROOT
from helpers.engine import loop, speed
from helpers.models import Autoencoder


def gradients(model, x):
    model.zero_grad()
    y = model(x)
    nn.functional.mse_loss(y, x * 0.5).backward()
    return y.detach(), {name: p.grad.clone() for name, p in model.named_parameters()}


def test_a_quickened_model_is_the_same_function_with_the_same_gradients():
    torch.manual_seed(0)
    model = Autoencoder().double()
    quick = speed.quicken(copy.deepcopy(model))
    x = torch.rand(3, 3, 16, 16, dtype=torch.float64)
    (y, wanted), (z, got) = gradients(model, x), gradients(quick, x)
    assert torch.allclose(y, z, rtol=1e-12) and wanted.keys() == got.keys()
    for name in wanted:
        assert torch.allclose(wanted[name], got[name], rtol=1e-9, atol=1e-15), name
    assert list(model.state_dict()) == list(quick.state_dict())
    assert sum(isinstance(m, speed.SplitBias) for m in quick.modules()) == 3
    names = [type(layer).__name__ for layer in quick.encoder]
    assert names == ["Conv2d", "MaxPool2d", "ReLU"] * 3


def test_what_a_transposed_convolution_takes_it_takes_when_quickened():
    layer = nn.ConvTranspose2d(3, 3, 3, stride=2, padding=1)
    quick = speed.quicken(nn.Sequential(copy.deepcopy(layer)))[0]
    for x in (torch.rand(3, 8, 8), torch.rand(2, 3, 5, 7), torch.rand(1, 3, 1, 1)):
        assert torch.allclose(quick(x), layer(x), atol=1e-6)
    x = torch.rand(2, 3, 8, 8)
    assert quick(x, output_size=(16, 16)).shape == layer(x, output_size=(16, 16)).shape


def test_pooling_that_tells_where_its_maxima_were_stays_where_it_is():
    model = nn.Sequential(nn.ReLU(), nn.MaxPool2d(2, return_indices=True))
    speed.pool_first(model)
    assert type(model[0]) is nn.ReLU


def test_transposed_convolution_without_bias_stays_without():
    layer = nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, dilation=2, bias=False)
    model, x = nn.Sequential(copy.deepcopy(layer)), torch.rand(2, 2, 7, 7)
    assert torch.allclose(speed.quicken(model)(x), layer(x), atol=1e-6)


def test_quick_bce_is_pytorchs_with_its_gradient():
    torch.manual_seed(0)
    x = torch.rand(2, 3, 5, 7, dtype=torch.float64).round(decimals=1)  # 0 and 1 among them
    y = torch.rand_like(x)
    y.view(-1)[:4] = torch.tensor([0.0, 1.0, 1e-300, 1 - 1e-16])  # what a sigmoid rounds to
    results = []
    for loss_function in (speed.quick_bce, nn.functional.binary_cross_entropy):
        z = y.clone().requires_grad_()
        (3 * loss_function(z, x)).backward()
        results.append((loss_function(z, x), z.grad))
    (loss, gradient), (wanted, wanted_gradient) = results
    assert loss.dim() == 0 and torch.allclose(loss, wanted, rtol=1e-12)
    assert torch.allclose(gradient, wanted_gradient, rtol=1e-8) and gradient.isfinite().all()


@pytest.mark.parametrize("y", [1.5, -0.1, float("nan")])
def test_quick_bce_refuses_what_pytorch_refuses(y):
    good = torch.rand(2, 2)
    wrong = [(torch.full((2, 2), y), good), (good, torch.full((2, 2), y)),
             (torch.rand(2, 3), good)]
    for reconstruction, x in wrong:
        for loss_function in (nn.functional.binary_cross_entropy, speed.quick_bce):
            with pytest.raises((RuntimeError, ValueError)):
                loss_function(reconstruction, x)


def test_bfloat16_arithmetic_keeps_parameters_and_loss_in_float32():
    torch.manual_seed(0)
    kinds = []

    def loss_function(y, x):
        kinds.append(y.dtype)
        return nn.functional.mse_loss(y, x)

    class Spy(Autoencoder):
        def forward(self, x):
            y = super().forward(x)
            kinds.append(y.dtype)
            return y

    model = speed.quicken(Spy())
    optimizer = torch.optim.Adam(model.parameters())
    loss = loop.step(model, torch.rand(2, 3, 16, 16), loss_function, optimizer, torch.bfloat16)
    assert kinds == [torch.bfloat16, torch.float32] and loss.dtype == torch.float32
    assert {p.dtype for p in model.parameters()} == {torch.float32}


def test_weight_scales_the_gradient_and_not_the_loss():
    losses, grads = [], []
    for weight in (1.0, 0.25):
        torch.manual_seed(0)
        model = nn.Conv2d(3, 3, 1)
        optimizer = torch.optim.SGD(model.parameters(), 0.0)
        losses.append(loop.step(model, torch.ones(2, 3, 4, 4), nn.MSELoss(), optimizer,
                                 weight=weight))
        grads.append(model.weight.grad)
    assert losses[0] == losses[1] and torch.allclose(grads[0] / 4, grads[1])


@pytest.mark.parametrize("quicker", [torch.float32, torch.bfloat16])
def test_the_quicker_number_format_is_the_one_measured(quicker, monkeypatch):
    asked = []

    def fake(work, repeat=3, device="cpu"):
        work()  # it must run
        asked.append(device)
        return 1.0 if (len(asked) == 1) == (quicker == torch.float32) else 2.0

    monkeypatch.setattr(speed, "seconds", fake)
    monkeypatch.setattr(speed, "imitates_bfloat16", lambda: False)
    model, x = Autoencoder(), torch.rand(2, 3, 16, 16)
    before = copy.deepcopy(model.state_dict())
    assert speed.quickest_dtype(model, x, nn.BCELoss()) == quicker
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


@pytest.mark.parametrize(("times", "imitated"), [((50.0, 1.0), True), ((0.4, 1.0), False),
                                                 ((2.0, 1.0), False)])
def test_imitation_is_found_on_a_small_product(times, imitated, monkeypatch):
    """In one thread: two that wait for each other beside a program would be timed instead."""
    found, threads = iter(times), []
    before = torch.get_num_threads()

    def fake(work, repeat):
        work()
        threads.append(torch.get_num_threads())
        return next(found)

    monkeypatch.setattr(speed, "seconds", fake)
    assert speed.imitates_bfloat16() == imitated
    assert threads == [1, 1] and torch.get_num_threads() == before


def test_where_bfloat16_is_imitated_no_step_is_taken_in_it(monkeypatch):
    monkeypatch.setattr(speed, "imitates_bfloat16", lambda: True)
    monkeypatch.setattr(speed, "step", lambda *_: pytest.fail("it would take seconds"))
    assert speed.quickest_dtype(Autoencoder(), torch.rand(2, 3, 16, 16), None) == torch.float32


def test_a_matrix_product_is_counted_right(monkeypatch):
    monkeypatch.setattr(speed, "seconds", lambda work, repeat, device: work() is None or 0.5)
    assert speed.matmul_rate(n=100) == 2 * 100**3 / 0.5


def test_seconds_is_the_least_after_a_warm_up(monkeypatch):
    clock = iter([0, 90, 100, 103, 110, 112, 120, 127])
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    calls = []
    assert speed.seconds(lambda: calls.append(1)) == 2 and len(calls) == 4


FAULTS = """
import resource, torch
from helpers.engine.speed import keep_freed_memory
assert keep_freed_memory()
for _ in range(4):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    pieces = [torch.ones(1_500_000) for _ in range(8)]  # 6 MB each
    del pieces
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has mallopt")
def test_freed_memory_is_kept():
    """No page faults when asking again for what was freed.

    By default it depends on what lies on top of the freed memory: 0 in one process, 11,687 in
    another. So three processes.
    """
    faults = []
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", FAULTS], cwd=ROOT, capture_output=True,
                              text=True, timeout=100)
        assert done.returncode == 0, done.stderr
        faults.append(int(done.stdout))
    assert max(faults) < 200, faults
