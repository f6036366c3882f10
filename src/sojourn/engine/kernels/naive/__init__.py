"""The kernels' twins: plain Python over lists, to be read and to be equal to."""
