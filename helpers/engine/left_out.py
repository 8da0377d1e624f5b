"""What became of a folder, in words: its split, and why files were left out, with some names."""

from collections import Counter

from helpers.messages import CourseError, pair, show

WHOLE = 178_956_970  # pixels: where Pillow suspects a bomb, a small file of very many pixels
JPEG = 400_000_000  # that a JPEG may have, if it can be decoded at a part of its size
NAMES = 3  # files to name for a reason
REASONS = ("empty", "no_picture", "damaged", "too_large", "unclear", "unopened", "no_file",
           "ending", "hidden", "outside", "again", "closed", "copies")  # as they are told


class LeftOut(OSError):
    """A picture that cannot be used; `reason` is one of REASONS."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def note(left_out, reason, name):
    """Adds the file `name` to the dict {reason: [name, ...]}."""
    left_out.setdefault(reason, []).append(name)


def shown(name):
    """A name that fits into one line of any console."""
    return "".join(char if char.isprintable() else "?" for char in str(name))


def some(names):
    """The first few of `names`; of endings the most frequent, with their numbers."""
    counted = sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))
    names = [f"{shown(name)} ({n})" if n > 1 else shown(name) for name, n in counted]
    return ", ".join(names[:NAMES]) + (", ..." if len(names) > NAMES else "")


def words(left_out):
    """A sentence in each language on all that was left out, {"zh": ..., "en": ...}, or empty."""
    parts = [pair(f"left_{reason}", n=f"{len(left_out[reason]):,}", names=some(left_out[reason]),
                  whole=WHOLE // 10**6, jpeg=JPEG // 10**6)
             for reason in sorted(left_out, key=REASONS.index)]
    if not parts:
        return {"zh": "", "en": ""}
    return {"zh": pair("left_out", reasons="；".join(part["zh"] for part in parts))["zh"],
            "en": " " + pair("left_out", reasons="; ".join(part["en"] for part in parts))["en"]}


def complain(listing, rows, left_out):
    """Raises CourseError, with all reasons, where a split of the Listing has no picture."""
    missing = [split for split in ("train", "test") if not rows[split]]
    if not missing:
        return
    if len(missing) == 2:
        raise no_pictures(listing.folder, left_out)
    key = "store_too_few" if "all" in listing.paths else "store_empty_split"
    raise with_reasons(pair(key, folder=listing.folder, split=missing[0]), left_out)


def no_pictures(folder, left_out):
    """The CourseError for a folder without any picture that can be used."""
    return with_reasons(pair("store_no_pictures", folder=folder), left_out)


def with_reasons(texts, left_out):
    """A CourseError with a sentence in each language, and all that was left out."""
    why = words(left_out)
    return CourseError("\n".join(texts[lang] + why[lang] for lang in texts))


def tell(listing, rows, left_out):
    """Says which split was found or made, how many pictures it has, and what was left out."""
    if "all" in listing.paths:
        how = pair("split_made")
    else:
        how = pair("split_found", **listing.own) if listing.own else pair("split_given")
    counts = {split: f"{len(rows[split]):,}" for split in rows}
    why = words(left_out)
    show({lang: pair("store_summary", folder=listing.folder, how=how[lang], **counts)[lang]
          + why[lang] for lang in how})
