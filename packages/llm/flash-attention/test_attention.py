"""Compares FlashAttention with PyTorch's own attention."""

import torch
from flash_attn import flash_attn_func

q, k, v = (torch.randn(1, 128, 4, 64, device="cuda", dtype=torch.half) for _ in range(3))
mine = flash_attn_func(q, k, v, causal=True)
theirs = torch.nn.functional.scaled_dot_product_attention(
    *(x.transpose(1, 2) for x in (q, k, v)), is_causal=True
).transpose(1, 2)
error = (mine - theirs).abs().max().item()
assert error < 1e-2, f"attention differs by {error}"
