"""Where persons stand with purposes: the words they said, read, written down and summed up."""
