"""Multiplies matrices on the GPU and compares with the CPU, which detects wheels without kernels for this GPU."""

import torch

assert torch.cuda.is_available(), "torch sees no GPU"
torch.manual_seed(0)
a, b = torch.rand(256, 256), torch.rand(256, 256)
error = ((a.cuda() @ b.cuda()).cpu() - a @ b).abs().max().item()
assert error < 1e-2, f"matrix product differs by {error}"

layer = torch.nn.Conv2d(3, 8, 3).cuda()
loss = layer(torch.rand(2, 3, 32, 32, device="cuda")).square().mean()
loss.backward()
assert torch.isfinite(layer.weight.grad).all(), "gradients are not finite"
print("torch", torch.__version__, "on", torch.cuda.get_device_name(0))
