"""One way to recognise a mistake: the answer is held against the right function and wrong ones.

A likely mistake is a function of the same inputs as the answer, beside the hint for whoever made
it. So nobody works out by hand what a mistake would give, and one test shows that every hint can
be reached: the wrong function is an answer like any other.
"""

import contextlib
import random

import numpy as np
import torch

TOLERANCE = 1e-3  # relative: float32 passes in any order of adding up, mistakes do not


def hint(zh, en):
    """One hint in both languages, as `helpers.messages.show` takes it."""
    return {"zh": zh, "en": en}


@contextlib.contextmanager
def known_state(seed=0):
    """Inside: float32, gradients, the CPU and known random numbers, whatever the notebook has set.

    Afterwards all is as before, random numbers included: a check changes no later cell.
    """
    dtype, of_python, of_numpy = torch.get_default_dtype(), random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(devices=[]), torch.enable_grad(), torch.device("cpu"):
            torch.set_default_dtype(torch.float32)
            torch.default_generator.manual_seed(seed)
            random.seed(seed)
            np.random.seed(seed)
            yield
    finally:
        torch.set_default_dtype(dtype)
        random.setstate(of_python)
        np.random.set_state(of_numpy)


def fresh(value):
    """A copy of tensors and of (nested) lists and tuples of them; anything else as it is."""
    if torch.is_tensor(value):
        return value.detach().clone()
    if isinstance(value, list | tuple):
        return type(value)(fresh(part) for part in value)
    return value


def numbers(value):
    """What an answer returned as a float64 tensor of its own, or None if it is no such thing.

    value: a number, tensor, array, or (nested) list of them. Of things of different shapes, such
    as two matrices, a list of tensors comes back.
    """
    if torch.is_tensor(value):
        return value.detach().to("cpu", torch.float64, copy=True)
    if isinstance(value, list | tuple | range):
        parts = [numbers(part) for part in value]
        if not parts or any(not torch.is_tensor(part) for part in parts):
            return parts or torch.empty(0, dtype=torch.float64)
        return torch.stack(parts) if len({part.shape for part in parts}) == 1 else parts
    if value is None or isinstance(value, str):  # numpy would make nan of one, read the other
        return None
    try:
        return torch.as_tensor(np.array(value, dtype=np.float64))
    except (TypeError, ValueError):
        return None


def same(got, due):
    """True if two results of `numbers` are equal up to rounding; nan equals nan."""
    if isinstance(due, list):
        return isinstance(got, list) and len(got) == len(due) and all(map(same, got, due))
    if not torch.is_tensor(got):
        return False
    if got.numel() == due.numel() == 1:  # a number may come as a tensor of any shape
        got = got.reshape(due.shape)
    if got.shape != due.shape:
        return False
    scale = due.nan_to_num(posinf=0, neginf=0).abs().max().item() if due.numel() else 0
    return torch.allclose(got, due, rtol=TOLERANCE, atol=TOLERANCE * (scale / 10 + 1e-3),
                          equal_nan=True)


def first_mistake(answer, right, mistakes, *cases, equal=same):
    """None if `answer` gives what `right` gives, else the hint of the mistake that it looks like.

    answer, right: functions; mistakes: [(wrong function, hint), ...], the likeliest first; cases:
    tuples of their arguments; equal: of two results of `numbers`. Every call gets copies: an answer
    may change what it is given. A mistake is recognised on the first case on which the answer is
    wrong, and only if it is no mistake on the cases before.
    """
    def result(function, case):
        return numbers(function(*fresh(case)))

    for i, case in enumerate(cases):
        given, due = answer(*fresh(case)), result(right, case)
        got = numbers(given)
        if equal(got, due):
            continue
        for wrong, why in mistakes:
            if equal(got, result(wrong, case)) and all(
                    equal(result(wrong, earlier), result(right, earlier)) for earlier in cases[:i]):
                return why
        return difference(given, got, due)
    return None


def difference(given, got, due):
    """The hint for a wrong answer that is none of the likely ones.

    given: what the answer returned; got, due: `numbers` of it and of the right result.
    """
    kind = type(given).__name__
    if given is None:
        return hint("函數沒有傳回任何東西。是不是忘了return？",
                    "The function returned nothing. Is a return missing?")
    if isinstance(due, list):
        if not isinstance(given, list | tuple) or len(given) != len(due):
            return hint(f"請傳回{len(due)}樣東西，例如`return a, b`；你傳回的是{kind}。",
                        f"Return {len(due)} things, as in `return a, b`; you return {kind}.")
        parts = list(zip(given, map(numbers, given), due, strict=True))
        return next(difference(*part) for part in parts if not same(*part[1:]))
    if not torch.is_tensor(got):
        return hint(f"函數應該傳回數字，不可以是{kind}。",
                    f"The function should return numbers, not {kind}.")
    if due.numel() == 1 != got.numel():
        return hint(f"函數應該傳回一個數字；你傳回的形狀是{tuple(got.shape)}。是不是忘了取平均？",
                    "The function should return one number; yours has the shape "
                    f"{tuple(got.shape)}. Is a mean missing?")
    if due.numel() != 1 and got.shape != due.shape:
        return hint(f"傳回的形狀應該是{tuple(due.shape)}；你的是{tuple(got.shape)}。",
                    f"The shape should be {tuple(due.shape)}; yours is {tuple(got.shape)}.")
    if got.isnan().any():
        return hint("結果裡有nan。是不是除以0，或者取了0或負數的對數？",
                    "There is a nan in the result. Is there a division by 0, or a logarithm of "
                    "0 or less?")
    if due.numel() == 1:
        return hint(f"你得到{got.item():.4g}，正確的值是{due.item():.4g}。請再讀一次題目。",
                    f"You get {got.item():.4g}; the right value is {due.item():.4g}. "
                    "Read the task again.")
    off = (got - due).abs().max().item()
    return hint(f"數字不對，和正確的值最多相差{off:.3g}。請再讀一次題目。",
                f"The numbers are wrong, by up to {off:.3g}. Read the task again.")
