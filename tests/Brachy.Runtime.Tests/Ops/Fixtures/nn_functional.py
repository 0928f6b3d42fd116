"""Writes nn_functional.pt with PyTorch 1.13: inputs, results and gradients of functions that TorchSharp does not have."""
import torch
import torch.nn.functional as F

torch.manual_seed(3)
out = {}


def put(name, y, wrt):
    """The result and its gradients, with the weights of the results."""
    w = torch.randn_like(y)
    out[name + "/y"], out[name + "/w"] = y.detach().clone(), w
    for key, g in zip(wrt, torch.autograd.grad(y, list(wrt.values()), w)):
        out[f"{name}/d{key}"] = g.clone()


def leaf(*shape):
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


x4, g4 = leaf(2, 2, 4, 3), (leaf(2, 3, 4, 2).detach() * 0.9).requires_grad_()
x5, g5 = leaf(1, 2, 3, 2, 4), (leaf(1, 2, 2, 3, 3).detach() * 0.9).requires_grad_()
out["x4"], out["g4"], out["x5"], out["g5"] = (t.detach() for t in (x4, g4, x5, g5))
for padding in ("zeros", "border", "reflection"):
    for align in (False, True):
        for mode in ("bilinear", "nearest", "bicubic"):
            put(f"grid 4 {mode} {padding} {align}", F.grid_sample(x4, g4, mode, padding, align), {"x": x4, "g": g4})
        for mode in ("bilinear", "nearest"):
            put(f"grid 5 {mode} {padding} {align}", F.grid_sample(x5, g5, mode, padding, align), {"x": x5, "g": g5})

t2, t3 = leaf(2, 2, 3), leaf(2, 3, 4)
out["t2"], out["t3"] = t2.detach(), t3.detach()
for align in (False, True):
    put(f"affine 2 {align}", F.affine_grid(t2, (2, 3, 4, 1), align), {"t": t2})
    put(f"affine 3 {align}", F.affine_grid(t3, (2, 1, 2, 3, 4), align), {"t": t3})

weight = leaf(6, 3)
flat, offsets, factors = torch.tensor([1, 4, 0, 4, 5, 1, 3]), torch.tensor([0, 2, 2, 5]), leaf(7)
rows, row_factors = torch.tensor([[1, 4, 4], [0, 5, 1]]), leaf(2, 3)
out.update(weight=weight.detach(), flat=flat, offsets=offsets, factors=factors.detach(), rows=rows, row_factors=row_factors.detach())
for mode in ("sum", "mean", "max"):
    put(f"bag flat {mode}", F.embedding_bag(flat, weight, offsets, mode=mode), {"t": weight})
    put(f"bag rows {mode}", F.embedding_bag(rows, weight, mode=mode), {"t": weight})
    put(f"bag padding {mode}", F.embedding_bag(flat, weight, offsets, mode=mode, padding_idx=4), {"t": weight})
    put(f"bag rows padding {mode}", F.embedding_bag(rows, weight, mode=mode, padding_idx=-2), {"t": weight})
    last = torch.tensor([0, 2, 2, 5, 7])
    put(f"bag last {mode}", F.embedding_bag(flat, weight, last, mode=mode, include_last_offset=True), {"t": weight})
put("bag factors", F.embedding_bag(flat, weight, offsets, mode="sum", per_sample_weights=factors), {"t": weight, "f": factors})
put("bag rows factors", F.embedding_bag(rows, weight, mode="sum", per_sample_weights=row_factors), {"t": weight, "f": row_factors})

logits = leaf(6, 3, 5)
padded, lengths, inputs = torch.tensor([[1, 2, 2], [3, 0, 0], [4, 1, 3]]), torch.tensor([3, 1, 2]), torch.tensor([6, 4, 5])
joined = torch.cat([padded[i, :n] for i, n in enumerate(lengths)])
out.update(logits=logits.detach(), padded=padded, lengths=lengths, inputs=inputs, joined=joined)
for reduction in ("none", "sum", "mean"):
    put(f"ctc padded {reduction}", F.ctc_loss(logits.log_softmax(2), padded, inputs, lengths, reduction=reduction), {"x": logits})
    put(f"ctc joined {reduction}", F.ctc_loss(logits.log_softmax(2), joined, inputs, lengths, reduction=reduction), {"x": logits})
short = torch.tensor([3, 4, 5])
out["short"] = short
put("ctc zero_infinity", F.ctc_loss(logits.log_softmax(2), padded, short, lengths, reduction="none", zero_infinity=True), {"x": logits})
one = logits[:, 0]
put("ctc one", F.ctc_loss(one.log_softmax(1), padded[0], inputs[0], lengths[0]), {"x": logits})

points = leaf(5, 3)
out["points"] = points.detach()
for p in (1.0, 2.0, 3.0, float("inf")):
    put(f"pdist {p}", F.pdist(points, p), {"x": points})

tbc, kernel, bias = leaf(5, 2, 3), leaf(3, 3, 4), leaf(4)
out.update(tbc=tbc.detach(), kernel=kernel.detach(), bias=bias.detach())
put("conv_tbc", torch.conv_tbc(tbc, kernel, bias, 1), {"x": tbc, "k": kernel, "b": bias})

torch.manual_seed(5)
layer = torch.nn.AdaptiveLogSoftmaxWithLoss(6, 10, [3, 6], div_value=2.0, head_bias=True).double()
features, labels = leaf(7, 6), torch.tensor([0, 4, 9, 2, 3, 8, 5])
out.update({"adaptive features": features.detach(), "adaptive labels": labels})
out.update({f"adaptive state {k}": v.clone() for k, v in layer.state_dict().items()})
put("adaptive output", layer(features, labels).output, {"x": features})
put("adaptive loss", layer(features, labels).loss, {"x": features, "head": layer.head.weight, "tail": layer.tail[1][0].weight})
put("adaptive log_prob", layer.log_prob(features), {"x": features})
out["adaptive predict"] = layer.predict(features)

volumes = leaf(2, 3, 3, 6, 5)
out["volumes"] = volumes.detach()
put("adaptive_max_pool3d", F.adaptive_max_pool3d(volumes, (2, 4, 3)), {"x": volumes})

torch.save(out, "nn_functional.pt")
