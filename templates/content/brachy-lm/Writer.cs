using Brachy;

/// <summary>Writes on, character by character. The window has one length, so that one compiled version serves all.</summary>
internal sealed class Writer(StructureTree model, GlobalConfig config, Alphabet alphabet, int context)
{
    public string Continue(string beginning, int length)
    {
        var codes = alphabet.Encode(beginning).ToList();
        for (var i = 0; i < length; i++)
        {
            var known = Math.Min(codes.Count, context);
            var window = new long[context];                          // what comes after the known part is not looked at
            codes.CopyTo(codes.Count - known, window, 0, known);
            var scores = Training.NextJit(model, config, Tensor.FromArray(window, [1, context]));
            var next = Rng.Categorical(F.narrow(scores, 0, known - 1, 1) / 0.5);
            codes.Add((long)next.view());
        }

        return string.Concat(codes.Select(code => alphabet[code]));
    }
}
