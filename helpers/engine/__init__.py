"""Long training on many pictures, in one process or in many. No lesson before 10 needs it."""
