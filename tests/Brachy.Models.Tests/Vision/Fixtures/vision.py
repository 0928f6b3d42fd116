"""Writes the fixtures of the networks for images: names and shapes of torchvision's, and what they compute.

    apt-get install --no-install-recommends python3-torch python3-torchvision
    /usr/bin/python3 tests/Brachy.Models.Tests/Vision/Fixtures/vision.py

Weights are a function of a tensor's name and an element's index, which FormulaWeights.cs computes too.
"""
import hashlib
import math
import os

import numpy
import torch
import torchvision.models as models
import torchvision.transforms.functional as images
from torchvision.models.vision_transformer import VisionTransformer, interpolate_embeddings

HERE = os.path.dirname(os.path.abspath(__file__))


def numbers(name, count):
    """Numbers from -0.5 to 0.5."""
    seed = numpy.uint32(0)
    with numpy.errstate(over="ignore"):
        for c in name.encode():
            seed = numpy.uint32(seed * numpy.uint32(31) + numpy.uint32(c))
        x = (numpy.arange(count, dtype=numpy.uint32) + seed) * numpy.uint32(0x9E3779B1)
        x = (x ^ (x >> numpy.uint32(15))) * numpy.uint32(0x85EBCA77)
        x = (x ^ (x >> numpy.uint32(13))) * numpy.uint32(0xC2B2AE3D)
        x = x ^ (x >> numpy.uint32(16))
    return x.astype(numpy.float64) / 2.0**32 - 0.5


def value(name, shape):
    count = math.prod(shape)
    u = numbers(name, count)
    last = name.split(".")[-1]
    if last == "running_var":
        u = 1 + 0.5 * u
    elif last == "weight" and len(shape) == 1:
        u = 1 + 0.2 * u
    elif last.endswith("weight"):
        u = u * (2 * math.sqrt(6 * shape[0] / count))
    elif last.endswith("bias") or last == "running_mean":
        u = 0.1 * u
    return torch.from_numpy(u).reshape(shape)


def filled(model):
    model = model.double()
    state = model.state_dict()
    for name, tensor in state.items():
        if not name.endswith("num_batches_tracked"):
            state[name] = value(name, tensor.shape)
    model.load_state_dict(state)
    return model


def line(name, tensor):
    return name + " " + " ".join(repr(float(v)) for v in tensor.detach().reshape(-1)) + "\n"


def forward(file, model, size, buffers):
    model = filled(model)
    x = 2 * torch.from_numpy(numbers("input", 2 * 3 * size * size)).reshape(2, 3, size, size)
    with torch.no_grad(), open(os.path.join(HERE, file), "w") as out:
        model.eval()
        out.write(line("eval", model(x)))
        model.train()
        out.write(line("train", model(x)))
        for name in buffers:
            out.write(line(name, model.state_dict()[name][:8]))


def described(model):
    lines = [f"{name} {','.join(str(s) for s in t.shape)}\n" for name, t in model.state_dict().items()]
    return "".join(sorted(lines))


def names():
    # Initial values do not matter here, and those of the largest network take minutes.
    for name in [n for n in dir(torch.nn.init) if n.endswith("_") and not n.startswith("_")]:
        setattr(torch.nn.init, name, lambda tensor, *_, **__: tensor)
    with open(os.path.join(HERE, "names.txt"), "w") as out:
        for name in [
            "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d", "wide_resnet50_2",
            "wide_resnet101_2", "mobilenet_v3_large", "mobilenet_v3_small", "vit_b_16", "vit_b_32", "vit_l_16", "vit_l_32", "vit_h_14",
        ]:
            model = getattr(models, name)()
            text = described(model)
            params = sum(p.numel() for p in model.parameters())
            out.write(f"{name} {params} {hashlib.sha256(text.encode()).hexdigest()}\n")
            if name in ["resnet18", "resnet50", "mobilenet_v3_large", "mobilenet_v3_small", "vit_b_16"]:
                with open(os.path.join(HERE, name + ".names.txt"), "w") as listed:
                    listed.write(text)


def positions():
    vit = filled(VisionTransformer(32, 8, 1, 2, 4, 8, num_classes=7))
    with open(os.path.join(HERE, "positions.txt"), "w") as out:
        for size in [24, 56]:
            state = interpolate_embeddings(size, 8, vit.state_dict())
            out.write(line(str(size), state["encoder.pos_embedding"]))


def preprocessing():
    with open(os.path.join(HERE, "preprocessing.txt"), "w") as out:
        for name, height, width in [("wide", 37, 53), ("tall", 61, 40), ("enlarged", 20, 24)]:
            pixels = torch.from_numpy(numbers(name, 3 * height * width) + 0.5).reshape(1, 3, height, width).float()
            for kind, image in [("float", pixels), ("bytes", (pixels * 255).floor().to(torch.uint8))]:
                image = images.resize(image, [32], antialias=True)
                image = images.convert_image_dtype(images.center_crop(image, [24]), torch.float)
                image = images.normalize(image, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
                out.write(line(f"{name}.{kind}", image[:, :, ::5, ::5]))


def exported():
    layers = [torch.nn.Conv2d(3, 4, 3, bias=False), torch.nn.BatchNorm2d(4, eps=0.01), torch.nn.ReLU(), torch.nn.Conv2d(4, 4, 3),
              torch.nn.BatchNorm2d(4), torch.nn.Flatten(), torch.nn.Linear(16, 4), torch.nn.Linear(4, 4, bias=False)]
    model = filled(torch.nn.Sequential(*layers)).float().eval()
    x = torch.from_numpy(numbers("input", 2 * 3 * 6 * 6)).reshape(2, 3, 6, 6).float()
    with open(os.path.join(HERE, "exported.txt"), "w") as out:
        out.write(line("output", model(x)))
    for name, options in [
        ("folded", {}), ("whole", {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}),
    ]:
        torch.onnx.export(model, x, os.path.join(HERE, name + ".onnx"), **options)


forward("resnet18.txt", models.resnet18(num_classes=7), 64, ["bn1.running_mean", "layer4.1.bn2.running_var"])
forward("resnet50.txt", models.resnet50(num_classes=7), 64, ["bn1.running_mean", "layer4.2.bn3.running_var"])
forward("resnext50.txt", models.resnext50_32x4d(num_classes=7), 64, ["layer4.2.bn3.running_var"])
for size in ["small", "large"]:
    forward(
        f"mobilenet_v3_{size}.txt", getattr(models, f"mobilenet_v3_{size}")(num_classes=7, dropout=0.0), 64,
        ["features.0.1.running_mean", "features.5.block.0.1.running_var"])
forward("vit.txt", VisionTransformer(32, 8, 2, 4, 32, 64, num_classes=7), 32, [])
exported()
positions()
preprocessing()
names()
