"""Copies an array to the GPU and back through the driver interface, which needs no compiler."""
import numpy
import pycuda.autoinit  # noqa: F401
import pycuda.driver as cuda

source = numpy.arange(1024, dtype=numpy.float32)
memory = cuda.mem_alloc(source.nbytes)
cuda.memcpy_htod(memory, source)
back = numpy.empty_like(source)
cuda.memcpy_dtoh(back, memory)
assert (back == source).all()
print(pycuda.autoinit.device.name(), cuda.get_driver_version())
