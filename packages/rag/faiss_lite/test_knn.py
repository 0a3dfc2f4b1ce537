"""Searches eight vectors for each of them, and finds it."""

import ctypes as C

import numpy as np
import torch
from faiss_lite import DistanceMetrics, cudaAllocMapped, cudaKNN

count, size = 8, 32
vectors = cudaAllocMapped((count, size), np.float32)
distances = cudaAllocMapped((count, 1), np.float32)
indexes = cudaAllocMapped((count, 1), np.int64)
vectors.array[:] = np.eye(count, size, dtype=np.float32)
assert cudaKNN(
    C.c_void_p(vectors.ptr),
    C.c_void_p(vectors.ptr),
    4,
    count,
    count,
    size,
    1,
    DistanceMetrics["inner_product"],
    None,
    C.cast(distances.ptr, C.POINTER(C.c_float)),
    C.cast(indexes.ptr, C.POINTER(C.c_longlong)),
    None,
)
torch.cuda.synchronize()
assert (indexes.array[:, 0] == np.arange(count)).all(), indexes.array
