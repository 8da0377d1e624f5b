import matplotlib

from helpers.threads import share_cores

matplotlib.use("Agg")  # no window opens
share_cores()  # beside another program, or another worker of pytest-xdist
