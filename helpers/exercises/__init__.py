"""check(): immediate feedback on an exercise, in both languages, that never raises for a stub.

One file a lesson; compare.py recognises mistakes, and noise.py, saving.py and bottleneck.py watch
what an answer does where no single value is right.
"""

from helpers.exercises import (
    lesson_01,
    lesson_02,
    lesson_03,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
    lesson_08,
    lesson_10,
)
from helpers.exercises.compare import known_state
from helpers.messages import bad, pair, show

CHECKS, MISTAKES = {}, {}  # by exercise: its check; its likely wrong answers beside their hints
for lesson in (lesson_01, lesson_02, lesson_03, lesson_04, lesson_05, lesson_06, lesson_07,
               lesson_08, lesson_10):
    CHECKS |= lesson.CHECKS
    MISTAKES |= lesson.MISTAKES


def check(name, answer):
    """Says what is right or wrong about `answer`, the student's function; True if it is right.

    name: the exercise, such as "01-psnr"; answer: the function that the exercise asked for.
    An unfinished stub or a crash of the student's code is feedback, too, never an exception.
    Raises ValueError for an exercise that does not exist.
    """
    if name not in CHECKS:
        takes = ", ".join(CHECKS)
        raise bad("name", repr(name), takes)
    try:
        with known_state():
            hint = CHECKS[name](answer)
    except Exception as error:  # whatever a student's code can raise
        # torch raises NotImplementedError, too, for a module without forward()
        stub = isinstance(error, NotImplementedError) and "forward" not in str(error)
        error = f"{type(error).__name__}: {error}"
        hint = pair("check_unfinished") if stub else pair("check_crashed", error=error)
        mark = "✎" if stub else "✗"
    else:
        mark = "✗" if hint else "✓"
    right = hint is None
    hint = hint or pair("check_right")
    show({lang: f"{mark} {name}  {text}" for lang, text in hint.items()})
    return right
