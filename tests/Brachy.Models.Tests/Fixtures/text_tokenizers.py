"""Writes small tokenizers and the tokens of some texts: the fixtures of TextTokenizer.

Run by hand: python3 text_tokenizers.py
The tokens are found by plain implementations of the published algorithms: GPT-2's encoder.py, SentencePiece's pair merging, and the
longest match of BERT's WordPiece.
"""

import json
import os
import re
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = "the cat sat on the mat and the other cat saw the theatre then them that there is a hat in the bath " * 3
TEXTS = ["the cat", "The cat sat!", "a theatre; then", "hat  hat", "bath's 42 maths", "é and ü", "", "the\nend<|endoftext|>the"]


def folder(name):
    path = os.path.join(HERE, name)
    os.makedirs(path, exist_ok=True)
    return path


def learn(words, count):
    """Merges the most frequent pair again and again."""
    merges = []
    for _ in range(count):
        pairs = {}
        for word in words:
            for pair in zip(word, word[1:]):
                pairs[pair] = pairs.get(pair, 0) + 1
        if not pairs:
            break
        best = max(sorted(pairs), key=lambda p: pairs[p])
        merges.append(best)
        words = [merged(word, best) for word in words]
    return merges


def merged(word, pair):
    result = []
    for symbol in word:
        if result and not isinstance(result[-1], tuple) and (result[-1], symbol) == pair:
            result[-1] = (result[-1] + symbol,)
        else:
            result.append(symbol)
    return [s[0] if isinstance(s, tuple) else s for s in result]


def byte_symbols():
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, extra = {}, 0
    for byte in range(256):
        if byte in plain:
            table[byte] = chr(byte)
        else:
            table[byte] = chr(256 + extra)
            extra += 1
    return table


def gpt2():
    symbols = byte_symbols()
    pattern = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?[^\s\w]+|\s+(?!\S)|\s+")
    spell = lambda text: [symbols[b] for b in text.encode()]
    merges = learn([spell(w) for w in pattern.findall(CORPUS)], 40)
    vocab = {s: i for i, s in enumerate(symbols.values())}
    for a, b in merges:
        vocab.setdefault(a + b, len(vocab))
    end = vocab["<|endoftext|>"] = len(vocab)
    ranks = {pair: i for i, pair in enumerate(merges)}

    def encode(text):
        ids = []
        for i, part in enumerate(text.split("<|endoftext|>")):
            ids += [end] if i else []
            for word in pattern.findall(part):
                word = spell(word)
                while len(word) > 1:
                    best = min(zip(word, word[1:]), key=lambda p: ranks.get(p, 1 << 30))
                    if best not in ranks:
                        break
                    word = merged(word, best)
                ids += [vocab[s] for s in word]
        return ids

    path = folder("tokens-gpt2")
    with open(os.path.join(path, "vocab.json"), "w") as file:
        json.dump(vocab, file)
    with open(os.path.join(path, "merges.txt"), "w", encoding="utf-8") as file:
        file.write("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    return path, encode


def varint(n):
    out = b""
    while n >= 128:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def llama():
    merges = learn([list("▁" + word) for word in CORPUS.split()], 40)
    pieces = [("<unk>", 0.0, 2), ("<s>", 0.0, 3), ("</s>", 0.0, 3)]
    pieces += [(f"<0x{b:02X}>", 0.0, 6) for b in range(256)]
    whole = list(dict.fromkeys(a + b for a, b in merges))
    pieces += [(s, -float(i), 1) for i, s in enumerate(whole)]
    letters = sorted(set(CORPUS.replace(" ", "▁")) | set("T!;'"))
    pieces += [(s, -float(len(whole) + i), 1) for i, s in enumerate(letters)]
    ids = {p[0]: i for i, p in enumerate(pieces)}
    normal = {p[0]: p[1] for p in pieces if p[2] == 1}
    model = b"".join(field(1, field(1, s) + field(2, score) + field(3, kind)) for s, score, kind in pieces)
    model += field(2, field(3, 2) + field(4, len(pieces)) + field(35, 1) + field(40, 0) + field(41, 1) + field(42, 2)
                   + field(45, "<unk>") + field(46, "<s>") + field(47, "</s>"))
    model += field(3, field(1, "identity") + field(3, 1) + field(4, 0) + field(5, 1))

    def encode(text):
        if not text:
            return [1]
        word = list("▁" + text.replace(" ", "▁"))
        while True:
            scored = [(-normal[a + b], i) for i, (a, b) in enumerate(zip(word, word[1:])) if a + b in normal]
            if not scored:
                break
            at = min(scored)[1]
            word[at: at + 2] = [word[at] + word[at + 1]]
        out = [1]
        for symbol in word:
            out += [ids[symbol]] if symbol in normal else [ids[f"<0x{b:02X}>"] for b in symbol.encode()]
        return out

    path = folder("tokens-llama")
    with open(os.path.join(path, "tokenizer.model"), "wb") as file:
        file.write(model)
    return path, encode


def bert():
    words = "the cat sat on mat and other saw theatre a ##s ##at ##tre ##re ##e ##u m b ! ; ' 42 e u end end ##t <".split()
    vocab = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(words)]
    ids = {w: i for i, w in enumerate(vocab)}

    def encode(text):
        out = []
        for word in re.findall(r"[^\W_]+|[^\w\s]", text.lower().replace("é", "e").replace("ü", "u")):
            at, found = 0, []
            while at < len(word):
                end = next((e for e in range(len(word), at, -1) if ("##" if at else "") + word[at:e] in ids), None)
                if end is None:
                    found = [ids["[UNK]"]]
                    break
                found.append(ids[("##" if at else "") + word[at:end]])
                at = end
            out += found
        return [ids["[CLS]"], *out, ids["[SEP]"]]

    path = folder("tokens-bert")
    with open(os.path.join(path, "vocab.txt"), "w") as file:
        file.write("".join(w + "\n" for w in vocab))
    return path, encode


if __name__ == "__main__":
    for make in gpt2, llama, bert:
        path, encode = make()
        with open(os.path.join(path, "expected.json"), "w") as file:
            json.dump([[text, encode(text)] for text in TEXTS if make is gpt2 or "<|" not in text and (make is not bert or text.isascii())], file)
            file.write("\n")
