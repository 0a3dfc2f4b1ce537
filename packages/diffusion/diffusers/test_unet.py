"""One denoising step of a tiny untrained model on the GPU, so that nothing has to be fetched."""

import torch
from diffusers import DDIMScheduler, UNet2DModel

blocks = {"down_block_types": ("DownBlock2D", "DownBlock2D"), "up_block_types": ("UpBlock2D", "UpBlock2D")}
model = UNet2DModel(sample_size=8, block_out_channels=(32, 32), layers_per_block=1, **blocks).cuda().eval()
scheduler = DDIMScheduler()
scheduler.set_timesteps(2)
noise = torch.randn(1, 3, 8, 8, device="cuda")
with torch.no_grad():
    step = scheduler.step(model(noise, 10).sample, 10, noise).prev_sample
assert step.shape == noise.shape and torch.isfinite(step).all()
