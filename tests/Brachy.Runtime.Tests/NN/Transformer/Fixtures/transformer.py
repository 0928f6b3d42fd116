"""Writes transformer.pt with PyTorch 1.13: layers and stacks with what TorchSharp's have not, norms first, batches first, masks by head."""
import torch
from torch import nn

torch.manual_seed(5)
out = {}
E, HEADS, FF = 6, 2, 10


def rand(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def put(name, module, inputs, **masks):
    module = module.double()
    for p in module.parameters():
        if p.dim() == 1:
            nn.init.normal_(p, 0.5)
    inputs = [x.requires_grad_() for x in inputs]
    y = module(*inputs, **masks)
    weight = torch.randn_like(y)
    names = [n for n, _ in module.named_parameters()]
    gradients = torch.autograd.grad(y, [*inputs, *[p for _, p in module.named_parameters()]], weight)
    for i, (x, g) in enumerate(zip(inputs, gradients)):
        out[f"{name}/x{i}"], out[f"{name}/d/x{i}"] = x.detach(), g
    for key, mask in masks.items():
        out[f"{name}/mask/{key}"] = mask
    out[f"{name}/y"], out[f"{name}/w"] = y.detach(), weight
    for key, value in module.state_dict().items():
        out[f"{name}/state/{key}"] = value
    for key, value in zip(names, gradients[len(inputs):]):
        out[f"{name}/d/{key}"] = value


def later(size):
    return torch.ones(size, size, dtype=torch.bool).triu(1)


def padding(size):
    return torch.arange(size)[None, :] >= torch.tensor([[size], [size - 1], [size - 2]])


options = dict(dim_feedforward=FF, dropout=0.0)
put("encoder layer", nn.TransformerEncoderLayer(E, HEADS, **options), [rand(4, 3, E)], src_key_padding_mask=padding(4))
put("encoder layer norm first", nn.TransformerEncoderLayer(
    E, HEADS, activation="gelu", norm_first=True, batch_first=True, layer_norm_eps=1e-2, **options), [rand(3, 4, E)],
    src_mask=(torch.rand(3 * HEADS, 4, 4) < 0.4) & (torch.arange(4) > 0), src_key_padding_mask=padding(4))
put("encoder layer without a batch", nn.TransformerEncoderLayer(E, HEADS, **options), [rand(4, E)], src_mask=rand(4, 4))
put("decoder layer", nn.TransformerDecoderLayer(E, HEADS, activation="gelu", **options), [rand(5, 3, E), rand(4, 3, E)],
    tgt_mask=later(5), memory_mask=rand(5, 4), tgt_key_padding_mask=padding(5), memory_key_padding_mask=padding(4))
put("decoder layer norm first", nn.TransformerDecoderLayer(
    E, HEADS, norm_first=True, batch_first=True, layer_norm_eps=1e-2, **options), [rand(3, 5, E), rand(3, 4, E)],
    tgt_mask=later(5), memory_key_padding_mask=padding(4))
put("encoder", nn.TransformerEncoder(
    nn.TransformerEncoderLayer(E, HEADS, batch_first=True, norm_first=True, **options), 2, nn.LayerNorm(E)), [rand(3, 4, E)],
    mask=later(4), src_key_padding_mask=padding(4))
put("decoder", nn.TransformerDecoder(nn.TransformerDecoderLayer(E, HEADS, **options), 2, nn.LayerNorm(E)), [rand(5, 3, E), rand(4, 3, E)],
    tgt_mask=later(5), memory_key_padding_mask=padding(4))
put("transformer", nn.Transformer(
    E, HEADS, 1, 2, batch_first=True, activation="gelu", **options), [rand(3, 4, E), rand(3, 5, E)], tgt_mask=later(5),
    src_key_padding_mask=padding(4), memory_key_padding_mask=padding(4), tgt_key_padding_mask=padding(5))
torch.save(out, "transformer.pt")
