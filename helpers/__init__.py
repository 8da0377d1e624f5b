"""The small package around the lessons: what an earlier lesson has taught, later ones import.

What a lesson imports, in the order to read it:
    faces       faces drawn from known factors       (portraits draws them; skip it at first)
    data        load_faces(): drawn faces or LFW     (lfw reads LFW, lfw_split knows its split)
    models      networks that a lesson has taught
    corruptions noise, salt and pepper, a box: ways to spoil pictures, with a seed
    training    fit(): the loop that lesson 01 writes out by hand
    speed       what makes training on one machine fast, each as one function
    batches     pictures already decoded, from memory or a file; store makes that file of a
                folder of pictures                   (folders lists and decodes them)
    train       long training on the command line    (checkpoints keep it, processes share it,
                                                      train_options are its options)
    metrics     psnr, bce_floor, ...
    plots       figures of faces, codes and curves
    lesson      start() and report(): how a lesson begins and ends
    exercises   check(): feedback on an answer       (checks_NN holds those of lesson NN)
    messages    the two languages of all that helpers says  (texts_* hold the sentences)
What `python -m helpers` needs beside it:
    __main__ the commands, environment the check, notebooks runs a lesson, lfw_download fetches LFW
    editions a lesson in one language or without solutions, from which come a student's copy,
    slides   one deck per language, and site, the web site; browser finds one and prints PDF files
"""

from pathlib import Path

# data/, runs/ and every other folder is found from here, never from the kernel's directory
ROOT = Path(__file__).resolve().parent.parent
