"""The rules for code cells can fail."""

import pytest
from spoilt_lesson import assert_caught, faults, run, samples, spoilt

# rule: [(what is wrong, a word that the fault must contain, how to spoil the good lesson), ...]
BAD = {
    "code_length": [
        ("lines", "16 lines", run("x = 1\n" * 16)),
        ("lines of a class", "26 lines", run("class A:\n" + "    x = 1\n" * 25)),
        ("columns", "89 characters", run("x = '" + "a" * 83 + "'")),
        ("no Python", "not Python", run("x = = 1")),
    ],
    "old_api": [(line, word, run(line)) for line, word in [
        ("dataiter.next()", "next(iterator)"), ("make_grid(x, range=(0, 1))", "value_range"),
        ("from IPython.display import set_matplotlib_formats", "set_matplotlib_formats"),
        ("display.set_matplotlib_formats('svg')", "set_matplotlib_formats"),
        ("import sys\nsys.path.append('..')", "sys.path"), ("!git clone x", "shell"),
        ("  !pip install x", "shell"), ("%pip install x", "shell"), ("%%bash\nls", "shell"),
        ("%tensorboard --logdir runs", "server"), ("%load_ext tensorboard", "server"),
        ("LFWPeople('data', download=True)", "network"), ("x.astype(np.float)", "np.float"),
        ("torch.load('a.pt')", "weights_only"), ("DataLoader(x, num_workers=4)", "num_workers"),
        ("DataLoader(x, num_workers=n)", "num_workers"), ("model.cuda()", "GPU"),
        ("os.system('ls')", "shell"),
    ]],
    "imports": [(line, word, run(line)) for line, word in [
        ("import pandas", "pandas"), ("import numpy.linalg", "numpy"),
        ("from umap import UMAP", "umap"), ("from . import x", "."), ("import resource", "Windows"),
        ("def f():\n    import cv2", "cv2"),
    ]],
}


@pytest.mark.parametrize(("rule", "word", "spoil"), samples(BAD))
def test_a_bad_lesson_is_caught(rule, word, spoil):
    assert_caught(rule, word, spoil)


@pytest.mark.parametrize(("rule", "python"), [
    ("old_api", "print(hasattr(iterator, 'next'), 'dataiter.next() and !git are gone')"),
    ("old_api", "loader = DataLoader(x, num_workers=0)\ntorch.load(f, weights_only=True)"),
    ("old_api", "try:\n    LFWPeople('.', download=True)\nexcept ValueError:\n    pass"),
    ("old_api", "%%time\nprint(7\n      % 4)"),
    ("imports", "import json, torch.nn as nn\nfrom IPython.display import Image"),
    ("code_length", "class A:\n" + "    x = 1\n" * 24),
    ("machine_paths", "url = 'https://example.org/ho" + "me/'; folder = 'build/wo" + "rk/'"),
    ("exercises", "def f(best):\n    return best\nf(1)"),
    ("exercises", "from helpers.metrics import psnr\npsnr(1, 2)"),  # before the stub of that name
])
def test_no_false_alarm_in_code(rule, python):
    assert faults(rule, spoilt(run(python))) == []
