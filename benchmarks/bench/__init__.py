"""``python -m benchmarks.bench`` (``make bench``): the product and its peers beside each other, at several sizes."""
