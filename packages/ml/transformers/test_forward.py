"""Runs a tiny untrained model on the GPU, so that nothing has to be fetched."""

import torch
from transformers import BertConfig, BertModel

config = BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, vocab_size=100)
model = BertModel(config).cuda().eval()
with torch.no_grad():
    states = model(torch.arange(1, 9, device="cuda").unsqueeze(0)).last_hidden_state
assert states.shape == (1, 8, 32) and torch.isfinite(states).all()
