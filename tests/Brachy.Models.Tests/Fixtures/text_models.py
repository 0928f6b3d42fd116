"""Writes small random models and what they compute: the fixtures of the text models.

Run by hand with PyTorch 1.13 (Debian's python3-torch): /usr/bin/python3 text_models.py
The networks are written here from their papers and the published configurations of Hugging Face, in plain functions of tensors, so
that they have nothing in common with the C# ones but the names of the weights.
"""

import json
import math
import os
import struct

import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
CODES = {torch.float32: "F32", torch.bfloat16: "BF16", torch.float16: "F16", torch.int64: "I64", torch.bool: "BOOL"}


def save_safetensors(path, tensors):
    """The format is a length, a header of JSON, and the elements."""
    header, offset, data = {"__metadata__": {"format": "pt"}}, 0, []
    for name, tensor in sorted(tensors.items(), key=lambda t: -t[1].element_size()):
        raw = tensor.contiguous()
        raw = raw.view(torch.int16) if tensor.dtype == torch.bfloat16 else raw
        raw = raw.numpy().tobytes()
        header[name] = {"dtype": CODES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + len(raw)]}
        offset += len(raw)
        data.append(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(data))


def folder(name, config):
    path = os.path.join(HERE, name)
    os.makedirs(path, exist_ok=True)
    with open(os.path.join(path, "config.json"), "w") as file:
        json.dump(config, file, indent=2)
        file.write("\n")
    return path


def linear(w, name, x):
    return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))


def norm(w, name, x, eps):
    return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], eps)


def split(x, heads):
    batch, count, size = x.shape
    return x.view(batch, count, heads, size // heads).transpose(1, 2)


def attend(q, k, v, allowed, scale):
    scores = q @ k.transpose(-1, -2) * scale
    scores = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min)
    y = scores.softmax(-1) @ v
    return y.transpose(1, 2).flatten(2)


def tanh_gelu(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


# --- BERT -------------------------------------------------------------------------------------------------------------------------------

def bert_weights(c):
    size, inner = c["hidden_size"], c["intermediate_size"]
    w = {
        "embeddings.word_embeddings.weight": torch.randn(c["vocab_size"], size),
        "embeddings.position_embeddings.weight": torch.randn(c["max_position_embeddings"], size) * 0.3,
        "embeddings.token_type_embeddings.weight": torch.randn(c["type_vocab_size"], size) * 0.3,
    }

    def dense(name, outputs, inputs):
        w[name + ".weight"] = torch.randn(outputs, inputs) / math.sqrt(inputs)
        w[name + ".bias"] = torch.randn(outputs) * 0.2

    def layer_norm(name):
        w[name + ".weight"] = 1 + torch.randn(size) * 0.2
        w[name + ".bias"] = torch.randn(size) * 0.2

    layer_norm("embeddings.LayerNorm")
    for i in range(c["num_hidden_layers"]):
        at = f"encoder.layer.{i}."
        for part in "query", "key", "value":
            dense(at + "attention.self." + part, size, size)
        dense(at + "attention.output.dense", size, size)
        layer_norm(at + "attention.output.LayerNorm")
        dense(at + "intermediate.dense", inner, size)
        dense(at + "output.dense", size, inner)
        layer_norm(at + "output.LayerNorm")
    dense("pooler.dense", size, size)
    return w


def bert(w, c, ids, mask, types):
    heads, eps = c["num_attention_heads"], c["layer_norm_eps"]
    x = (w["embeddings.word_embeddings.weight"][ids] + w["embeddings.token_type_embeddings.weight"][types]
         + w["embeddings.position_embeddings.weight"][: ids.shape[1]])
    x = norm(w, "embeddings.LayerNorm", x, eps)
    allowed = mask.bool()[:, None, None, :]
    for i in range(c["num_hidden_layers"]):
        at = f"encoder.layer.{i}."
        q, k, v = (split(linear(w, at + "attention.self." + part, x), heads) for part in ("query", "key", "value"))
        y = attend(q, k, v, allowed, 1 / math.sqrt(q.shape[-1]))
        x = norm(w, at + "attention.output.LayerNorm", x + linear(w, at + "attention.output.dense", y), eps)
        y = F.gelu(linear(w, at + "intermediate.dense", x))
        x = norm(w, at + "output.LayerNorm", x + linear(w, at + "output.dense", y), eps)
    return x, torch.tanh(linear(w, "pooler.dense", x[:, 0]))


def write_bert():
    torch.manual_seed(1)
    c = {
        "architectures": ["BertModel"], "model_type": "bert", "vocab_size": 60, "hidden_size": 16, "num_hidden_layers": 2,
        "num_attention_heads": 4, "intermediate_size": 24, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1, "max_position_embeddings": 12, "type_vocab_size": 2, "initializer_range": 0.02,
        "layer_norm_eps": 1e-12, "pad_token_id": 0, "position_embedding_type": "absolute", "use_cache": True,
    }
    w = bert_weights(c)
    ids = torch.randint(1, c["vocab_size"], (2, 7))
    mask = torch.ones(2, 7, dtype=torch.int64)
    mask[1, 4:] = 0
    types = torch.zeros(2, 7, dtype=torch.int64)
    types[:, 3:] = 1
    hidden, pooled = bert(w, c, ids, mask, types)
    path = folder("bert", c)
    # As the files of the first release: a prefix, old names of norms, a head, and positions as a buffer.
    old = {"bert." + name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): value
           for name, value in w.items()}
    old["bert.embeddings.position_ids"] = torch.arange(12)[None]
    old["cls.predictions.bias"] = torch.zeros(c["vocab_size"])
    torch.save(old, os.path.join(path, "pytorch_model.bin"))
    save_safetensors(os.path.join(path, "expected.safetensors"), {
        "input_ids": ids, "attention_mask": mask, "token_type_ids": types, "last_hidden_state": hidden, "pooler_output": pooled})


# --- GPT-2 ------------------------------------------------------------------------------------------------------------------------------

def gpt2_weights(c):
    size = c["n_embd"]
    w = {"wte.weight": torch.randn(c["vocab_size"], size), "wpe.weight": torch.randn(c["n_positions"], size) * 0.3}

    def conv(name, inputs, outputs):
        w[name + ".weight"] = torch.randn(inputs, outputs) / math.sqrt(inputs)
        w[name + ".bias"] = torch.randn(outputs) * 0.2

    def layer_norm(name):
        w[name + ".weight"] = 1 + torch.randn(size) * 0.2
        w[name + ".bias"] = torch.randn(size) * 0.2

    for i in range(c["n_layer"]):
        layer_norm(f"h.{i}.ln_1")
        conv(f"h.{i}.attn.c_attn", size, 3 * size)
        conv(f"h.{i}.attn.c_proj", size, size)
        layer_norm(f"h.{i}.ln_2")
        conv(f"h.{i}.mlp.c_fc", size, 4 * size)
        conv(f"h.{i}.mlp.c_proj", 4 * size, size)
    layer_norm("ln_f")
    return w


def gpt2(w, c, ids):
    eps, count, heads = c["layer_norm_epsilon"], ids.shape[1], c["n_head"]

    def conv(name, x):
        return x @ w[name + ".weight"] + w[name + ".bias"]

    x = w["wte.weight"][ids] + w["wpe.weight"][:count]
    allowed = torch.ones(count, count).tril().bool()
    for i in range(c["n_layer"]):
        q, k, v = (split(part, heads) for part in conv(f"h.{i}.attn.c_attn", norm(w, f"h.{i}.ln_1", x, eps)).chunk(3, -1))
        x = x + conv(f"h.{i}.attn.c_proj", attend(q, k, v, allowed, 1 / math.sqrt(q.shape[-1])))
        x = x + conv(f"h.{i}.mlp.c_proj", tanh_gelu(conv(f"h.{i}.mlp.c_fc", norm(w, f"h.{i}.ln_2", x, eps))))
    return norm(w, "ln_f", x, eps) @ w["wte.weight"].T


def write_gpt2():
    torch.manual_seed(2)
    c = {
        "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": 50, "n_ctx": 16, "n_positions": 16, "n_embd": 16,
        "n_layer": 2, "n_head": 2, "activation_function": "gelu_new", "attn_pdrop": 0.1, "embd_pdrop": 0.1, "resid_pdrop": 0.1,
        "layer_norm_epsilon": 1e-05, "initializer_range": 0.02, "bos_token_id": 49, "eos_token_id": 49,
    }
    w = gpt2_weights(c)
    ids = torch.randint(0, c["vocab_size"], (2, 9))
    path = folder("gpt2", c)
    # As the published files: no prefix, and the masks as buffers.
    stored = dict(w)
    for i in range(c["n_layer"]):
        stored[f"h.{i}.attn.bias"] = torch.ones(16, 16).tril().bool().view(1, 1, 16, 16)
        stored[f"h.{i}.attn.masked_bias"] = torch.tensor(-1e4)
    save_safetensors(os.path.join(path, "model.safetensors"), stored)
    save_safetensors(os.path.join(path, "expected.safetensors"), {"input_ids": ids, "logits": gpt2(w, c, ids)})


# --- Llama ------------------------------------------------------------------------------------------------------------------------------

def llama_weights(c):
    size, inner = c["hidden_size"], c["intermediate_size"]
    head = c.get("head_dim") or size // c["num_attention_heads"]
    w = {"model.embed_tokens.weight": torch.randn(c["vocab_size"], size)}
    for i in range(c["num_hidden_layers"]):
        at = f"model.layers.{i}."
        for name, outputs, inputs in (
                ("self_attn.q_proj", c["num_attention_heads"] * head, size), ("self_attn.k_proj", c["num_key_value_heads"] * head, size),
                ("self_attn.v_proj", c["num_key_value_heads"] * head, size), ("self_attn.o_proj", size, c["num_attention_heads"] * head),
                ("mlp.gate_proj", inner, size), ("mlp.up_proj", inner, size), ("mlp.down_proj", size, inner)):
            w[at + name + ".weight"] = torch.randn(outputs, inputs) / math.sqrt(inputs)
            if c.get("attention_bias") and "attn" in name or c.get("mlp_bias") and "mlp" in name:
                w[at + name + ".bias"] = torch.randn(outputs) * 0.2
        w[at + "input_layernorm.weight"] = 1 + torch.randn(size) * 0.2
        w[at + "post_attention_layernorm.weight"] = 1 + torch.randn(size) * 0.2
    w["model.norm.weight"] = 1 + torch.randn(size) * 0.2
    if not c["tie_word_embeddings"]:
        w["lm_head.weight"] = torch.randn(c["vocab_size"], size) / math.sqrt(size)
    return w


def frequencies(c):
    """One over the wavelengths, scaled as the configuration says: linearly, or as Llama 3.1 does, long waves only."""
    head = c.get("head_dim") or c["hidden_size"] // c["num_attention_heads"]
    freq = 1 / c["rope_theta"] ** (torch.arange(0, head, 2, dtype=torch.float64) / head)
    scaling = c.get("rope_scaling")
    if not scaling:
        return freq
    kind = scaling.get("rope_type", scaling.get("type"))
    if kind == "linear":
        return freq / scaling["factor"]
    assert kind == "llama3"
    low, high, old = scaling["low_freq_factor"], scaling["high_freq_factor"], scaling["original_max_position_embeddings"]
    result = []
    for f in freq.tolist():
        wave = 2 * math.pi / f
        if wave < old / high:
            result.append(f)
        elif wave > old / low:
            result.append(f / scaling["factor"])
        else:
            smooth = (old / wave - low) / (high - low)
            result.append((1 - smooth) * f / scaling["factor"] + smooth * f)
    return torch.tensor(result, dtype=torch.float64)


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat([-b, a], -1) * sin


def llama(w, c, ids):
    eps, count = c["rms_norm_eps"], ids.shape[1]
    heads, shared = c["num_attention_heads"], c["num_key_value_heads"]

    def rms(name, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * w[name + ".weight"]

    angles = torch.arange(count, dtype=torch.float64)[:, None] * frequencies(c)
    angles = torch.cat([angles, angles], -1)
    cos, sin = angles.cos().float(), angles.sin().float()
    x = w["model.embed_tokens.weight"][ids]
    allowed = torch.ones(count, count).tril().bool()
    for i in range(c["num_hidden_layers"]):
        at = f"model.layers.{i}."
        y = rms(at + "input_layernorm", x)
        q = rotate(split(linear(w, at + "self_attn.q_proj", y), heads), cos, sin)
        k = rotate(split(linear(w, at + "self_attn.k_proj", y), shared), cos, sin)
        v = split(linear(w, at + "self_attn.v_proj", y), shared)
        k, v = (t.repeat_interleave(heads // shared, 1) for t in (k, v))
        x = x + linear(w, at + "self_attn.o_proj", attend(q, k, v, allowed, 1 / math.sqrt(q.shape[-1])))
        y = rms(at + "post_attention_layernorm", x)
        y = F.silu(linear(w, at + "mlp.gate_proj", y)) * linear(w, at + "mlp.up_proj", y)
        x = x + linear(w, at + "mlp.down_proj", y)
    x = rms("model.norm", x)
    return x @ w.get("lm_head.weight", w["model.embed_tokens.weight"]).T


def write_llama(name, dtype, shards, **changes):
    torch.manual_seed(3)
    c = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 48, "hidden_size": 16, "intermediate_size": 24,
        "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "hidden_act": "silu",
        "max_position_embeddings": 32, "initializer_range": 0.02, "rms_norm_eps": 1e-05, "use_cache": True, "bos_token_id": 1,
        "eos_token_id": 2, "pretraining_tp": 1, "tie_word_embeddings": False, "rope_theta": 10000.0, "rope_scaling": None,
        "attention_bias": False,
    }
    c.update(changes)
    w = {key: value.to(dtype) for key, value in llama_weights(c).items()}
    ids = torch.randint(0, c["vocab_size"], (2, 11))
    path = folder(name, c)
    logits = llama({key: value.float() for key, value in w.items()}, c, ids)
    save_safetensors(os.path.join(path, "expected.safetensors"), {"input_ids": ids, "logits": logits})
    if shards is None:
        save_safetensors(os.path.join(path, "model.safetensors"), w)
        return
    names = sorted(w)
    index = {"metadata": {"total_size": sum(t.numel() * t.element_size() for t in w.values())}, "weight_map": {}}
    ending = "safetensors" if shards == "model" else "bin"
    for i in range(2):
        file = f"{shards}-0000{i + 1}-of-00002.{ending}"
        part = {key: w[key] for key in names[i::2]}
        index["weight_map"].update({key: file for key in part})
        if ending == "bin":
            torch.save(part, os.path.join(path, file))
        else:
            save_safetensors(os.path.join(path, file), part)
    with open(os.path.join(path, f"{shards}.{ending}.index.json"), "w") as file:
        json.dump(index, file, indent=2, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    write_bert()
    write_gpt2()
    write_llama("llama", torch.float32, "model")
    write_llama("llama3", torch.bfloat16, None, tie_word_embeddings=True, rope_theta=500.0, head_dim=8, num_key_value_heads=1,
                rope_scaling={"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                              "original_max_position_embeddings": 16})
    write_llama("llama-linear", torch.float32, "pytorch_model", attention_bias=True, mlp_bias=True,
                rope_scaling={"type": "linear", "factor": 2.0})
