using Brachy;
using Brachy.Optim;

const int Context = 64;
const int BatchSize = 16;
var steps = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 600;

var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "text.txt"));
var alphabet = new Alphabet(text);
var codes = Tensor.FromArray(alphabet.Encode(text), [text.Length]);

using var rng = Rng.Scope(seed: 0);
var (model, config) = new LanguageModel(alphabet.Count, Context, size: 64, heads: 4, layers: 2);
var (opt, optConfig) = new AdamW(model, lr: 2e-3);
var offsets = F.arange(0, Context + 1).view(1, Context + 1);
for (var step = 1; step <= steps; step++)
{
    var starts = Rng.RandInt(0, text.Length - Context, [BatchSize, 1]);
    var batch = F.index_select(codes, 0, (starts + offsets).view(-1)).view(BatchSize, Context + 1);
    (opt, model, var loss) = Training.StepJit(opt, optConfig, model, config, batch);
    if (step % 50 == 0)
    {
        Console.WriteLine($"step {step}: loss {(double)loss:0.000}");
    }
}

Console.WriteLine(new Writer(model, config, alphabet, Context).Continue("The ", length: 200));
