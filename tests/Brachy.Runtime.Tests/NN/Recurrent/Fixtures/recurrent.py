"""Writes recurrent.pt with PyTorch 1.13: recurrent layers over packed sequences, with projections, dropped into plain tensors."""
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(5)
out = {}


def put(name, layer, first, batch_first=False, lengths=(5, 2, 4)):
    layer = layer.double()
    shape = (3, 5, 4) if batch_first else (5, 3, 4)
    x = torch.randn(*shape, dtype=torch.float64, requires_grad=True)
    packed = pack_padded_sequence(x, torch.tensor(lengths), batch_first=batch_first, enforce_sorted=False)
    y, state = layer(packed, first)
    y, _ = pad_packed_sequence(y, batch_first=batch_first)
    states = state if isinstance(state, tuple) else (state,)
    results = [y, *states]
    weights = [torch.randn_like(r) for r in results]
    names = [n for n, _ in layer.named_parameters()]
    wanted = [x, *[p for _, p in layer.named_parameters()]]
    gradients = torch.autograd.grad(results, wanted, weights)
    for key, value in zip(["x", "lengths"], [x, torch.tensor(lengths)]):
        out[f"{name}/{key}"] = value.detach()
    for i, f in enumerate(first if isinstance(first, tuple) else [] if first is None else [first]):
        out[f"{name}/first{i}"] = f
    for i, (r, w) in enumerate(zip(results, weights)):
        out[f"{name}/y{i}"], out[f"{name}/w{i}"] = r.detach(), w
    for key, value in layer.state_dict().items():
        out[f"{name}/state/{key}"] = value
    for key, value in zip(["x", *names], gradients):
        out[f"{name}/d/{key}"] = value


def rand(*shape):
    return torch.randn(*shape, dtype=torch.float64)


put("lstm", torch.nn.LSTM(4, 3, 2, bidirectional=True), (rand(4, 3, 3), rand(4, 3, 3)))
put("lstm projected", torch.nn.LSTM(4, 3, 2, proj_size=2, bidirectional=True), (rand(4, 3, 2), rand(4, 3, 3)))
put("lstm projected batch first", torch.nn.LSTM(4, 3, proj_size=2, batch_first=True, bias=False), None, batch_first=True)
put("gru", torch.nn.GRU(4, 3, 2, bidirectional=True), rand(4, 3, 3))
put("rnn", torch.nn.RNN(4, 3, nonlinearity="relu", bidirectional=True, batch_first=True), rand(2, 3, 3), batch_first=True)
torch.save(out, "recurrent.pt")
