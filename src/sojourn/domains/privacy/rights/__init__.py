"""Data rights: erasure with its proof, the requests desk, access packages, legal holds and retention."""
