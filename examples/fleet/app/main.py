"""Prints the source and the GPU, and runs a detector on noise; the rest of the application is left to the reader."""

import os

import torch
import torchvision
from rich.console import Console

console = Console()
weights = torchvision.models.detection.SSDLite320_MobileNet_V3_Large_Weights.DEFAULT
model = torchvision.models.detection.ssdlite320_mobilenet_v3_large(weights=weights).eval().cuda()
console.print("source", os.environ["SOURCE"])
console.print("gpu", torch.cuda.get_device_name(0), torch.cuda.get_device_capability(0))
with torch.no_grad():
    found = model([torch.rand(3, 320, 320, device="cuda")])[0]
console.print(f"{len(found['scores'])} boxes in noise")
