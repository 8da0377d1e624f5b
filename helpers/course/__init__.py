"""The course as a program: its check, its runs, copies, slides and site. No lesson needs it."""
