"""The learning rates of a training, and how it goes on with others."""


def highest_rate(optimizer):
    """The learning rate of the first group of `optimizer`, under a OneCycleLR the highest."""
    group = optimizer.param_groups[0]
    return group.get("max_lr", group.get("initial_lr", group["lr"]))


def learning_rates(optimizer):
    """The learning rates of each group of an optimizer, with what a OneCycleLR keeps there."""
    return [{name: group[name] for name in ("lr", "initial_lr", "max_lr", "min_lr")
             if name in group} for group in optimizer.param_groups]


def change_rates(optimizer, rates, schedule):
    """Gives an optimizer the rates that learning_rates() found: (highest rate before, and now).

    schedule: None, or a OneCycleLR, which goes on at the same step with them.
    """
    old = highest_rate(optimizer)
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group.update(rate)
    if schedule:
        schedule.last_epoch -= 1
        schedule.step()  # to where it was
    return old, highest_rate(optimizer)
