"""Environment variables, as a reader meant them."""

import os


def setting(name):
    """The environment variable `name` without spaces and quotation marks around it; "" if unset.

    Windows keeps both: `set LFW_ROOT="C:\\faces" ` sets the marks and the space, too.
    """
    return os.environ.get(name, "").strip("\"' \t\r\n\u3000")
