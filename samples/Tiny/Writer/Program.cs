using System.Diagnostics;
using System.Globalization;
using System.Text;
using Brachy.Inference;

// Continues a text: writer [MODEL [PROMPT [SEED [TOKENS]]]]. The model is what samples/LanguageModel freezes: tokens are bytes, and the
// whole loop over them is one call.
const int EndOfText = 256;
var file = args.Length > 0 ? args[0] : Path.Combine(AppContext.BaseDirectory, "writer.brachy");
var prompt = args.Length > 1 ? args[1] : "The ";
try
{
    var model = FrozenModel.Load(file);
    long[] tokens = [EndOfText, .. Encoding.UTF8.GetBytes(prompt).Select(value => (long)value)];
    var session = model.Session(tokens.Length);
    tokens.CopyTo(session.Input<long>("prompt"));
    session.Input<long>("key")[0] = args.Length > 2 ? long.Parse(args[2], CultureInfo.InvariantCulture) : 0;
    session.Input<long>("limit")[0] = args.Length > 3 ? long.Parse(args[3], CultureInfo.InvariantCulture) : long.MaxValue;
    var clock = Stopwatch.StartNew();
    session.Run();
    clock.Stop();
    var count = (int)session.Result<long>(1)[0];
    var text = session.Result<long>(0)[..count].ToArray();
    Console.WriteLine(prompt + Encoding.UTF8.GetString([.. text.Where(token => token < EndOfText).Select(token => (byte)token)]));
    Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{count} tokens, {count / clock.Elapsed.TotalSeconds:F0} tokens/s"));
    return 0;
}
catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException or FormatException
    or OverflowException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
