"""Links and images lead somewhere."""

import re
from urllib.parse import unquote, urlsplit

from .languages import pages


def links(notebook, folder):
    """Images and linked files exist (relative to `folder`), and addresses look like addresses."""
    return [f"{name}: {fault}" for name, _, page in pages(notebook)
            for fault in page_link_faults(page, folder)]


def page_link_faults(page, folder):
    """The faults of a Page's links and images."""
    faults = [fault for target in page.links if (fault := target_fault(target, folder))]
    for target in page.images:
        if urlsplit(target).scheme:
            faults.append(f"image {target[:60]!r} is not a file of the course: save it in images/")
        elif fault := target_fault(target, folder):
            faults.append(fault)
    for text in page.prose:
        if found := re.search(r"https?://\S+", text):
            faults.append(f"bare address {found[0][:60]!r}: write [text](address) or <address>")
    return faults


def target_fault(target, folder):
    """What is wrong with the target of a link, or None."""
    address = urlsplit(target)
    if address.scheme in ("http", "https"):
        if not re.fullmatch(r"(localhost|[\w-]+(\.[\w-]+)+)(:\d+)?", address.netloc) or re.search(
                r"\s", unquote(target)):
            return f"{target!r} is no sound address: mend it"
    elif address.scheme and address.scheme != "mailto":
        return f"{target!r} is neither https nor a relative path: mend it"
    elif address.path.startswith("/") or "\\" in unquote(target):
        return f"{target!r} should be a relative path with forward slashes"
    elif address.path and not (folder / unquote(address.path)).exists():
        return f"{target!r} does not exist: mend the path, or remove the link"
    elif not target:
        return "a link or image without a target: add it"
    return None
