"""Writes the sample inputs of PyTorch's op database, with results and gradients, as one JSON object per line.

    /usr/bin/python3 tests/Brachy.OpDatabase/export.py samples.jsonl

Needs a PyTorch with torch.testing._internal, such as Debian's python3-torch.
"""
import json
import math
import sys
import types
import unittest
import warnings

import torch

# Only PyTorch's own tests use it, and Debian has no package of it.
sys.modules.setdefault("expecttest", types.SimpleNamespace(TestCase=unittest.TestCase, ACCEPT=True))
PATH = sys.argv.pop()
warnings.filterwarnings("ignore")
from torch.testing._internal.common_methods_invocations import op_db  # noqa: E402

MAX_SAMPLES = 40
MAX_ELEMENTS = 3000


class Unsupported(Exception):
    pass


def number(value):
    return value if isinstance(value, (bool, int)) or math.isfinite(value) else {"f": repr(value)}


def encode(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return number(value) if isinstance(value, int) else {"f": repr(value)}
    if isinstance(value, torch.Tensor):
        if value.is_complex() or value.layout != torch.strided or value.numel() > MAX_ELEMENTS:
            raise Unsupported("tensor")
        return {"t": str(value.dtype)[6:], "s": list(value.shape), "v": [number(v) for v in value.detach().flatten().tolist()]}
    if isinstance(value, torch.dtype):
        return {"d": str(value)[6:]}
    if isinstance(value, (list, tuple)):
        return [encode(v) for v in value]
    raise Unsupported(type(value).__name__)


def tensors(value):
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [t for v in value for t in tensors(v)]
    return []


def weighted(results):
    return sum((r * torch.cos(torch.arange(r.numel(), dtype=torch.float64)).reshape(r.shape)).sum() for r in results)


def line(op, dtype, sample):
    arguments = (sample.input, sample.args, tuple(sample.kwargs.values()))
    record = {
        "op": op.name, "variant": op.variant_test_name, "dtype": str(dtype)[6:],
        "args": [encode(sample.input), *(encode(a) for a in sample.args)],
        "kwargs": {key: encode(value) for key, value in sample.kwargs.items()},
    }
    result = op.op(sample.input, *sample.args, **sample.kwargs)
    results = tensors(result)
    if not results and isinstance(result, (bool, int, float)):
        results = [torch.tensor(result)]
    record["results"] = [encode(r) for r in results]
    wanted = [t for a in arguments for t in tensors(a) if t.requires_grad]
    differentiable = [r for r in results if r.requires_grad]
    if wanted and differentiable:
        grads = torch.autograd.grad(weighted(differentiable), wanted, allow_unused=True)
        record["grads"] = [None if g is None else encode(g) for g in grads]
        record["wanted"] = [t.requires_grad for a in arguments for t in tensors(a)]
        record["differentiable"] = [r.requires_grad for r in results]
    return record


def main(path):
    written = skipped = 0
    with open(path, "w") as file:
        for op in op_db:
            for dtype in (torch.float64, torch.int64, torch.bool):
                if dtype not in op.dtypes:
                    continue
                torch.manual_seed(0)
                try:
                    samples = list(op.sample_inputs("cpu", dtype, requires_grad=dtype == torch.float64 and op.supports_autograd))
                except Exception as error:
                    print(f"{op.name}: {error}", file=sys.stderr)
                    continue
                for sample in samples[:MAX_SAMPLES]:
                    try:
                        file.write(json.dumps(line(op, dtype, sample)) + "\n")
                        written += 1
                    except Exception:
                        skipped += 1
    print(f"{len({op.name for op in op_db})} ops, {written} samples written, {skipped} left out (complex, sparse, large, functions)")


main(PATH)
