"""Compiles a kernel with Triton, runs it and compares."""

import torch
import triton
import triton.language as tl


@triton.jit
def add(x, y, out, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = at < n
    tl.store(out + at, tl.load(x + at, mask=inside) + tl.load(y + at, mask=inside), mask=inside)


a, b = torch.rand(1000, device="cuda"), torch.rand(1000, device="cuda")
c = torch.empty_like(a)
add[(triton.cdiv(1000, 256),)](a, b, c, 1000, BLOCK=256)
assert torch.allclose(c, a + b), "the kernel's sum differs"
print("triton", triton.__version__)
