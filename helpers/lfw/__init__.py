"""Labeled Faces in the Wild: its reader, its official split, its download."""
