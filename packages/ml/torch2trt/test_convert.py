"""Converts a small network, directly and through ONNX, and compares what it computes."""

import torch
from torch2trt import torch2trt

torch.manual_seed(0)
module = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU()).cuda().eval()
x = torch.rand(1, 3, 32, 32).cuda()
with torch.no_grad():
    wanted = module(x)
    for onnx in (False, True):
        error = (torch2trt(module, [x], use_onnx=onnx)(x) - wanted).abs().max().item()
        assert error < 1e-2, f"onnx={onnx}: differs by {error}"
