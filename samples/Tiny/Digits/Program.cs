using System.Diagnostics;
using System.Globalization;
using Brachy.Inference;
using Digits;

// Which digit an image shows: digits [MODEL [IMAGE]]. The model is what samples/Deploy writes, the image a PGM of 28×28; without one, the
// program draws a seven.
const int Classes = 10;
var file = args.Length > 0 ? args[0] : Path.Combine(AppContext.BaseDirectory, "digits.brachy");
try
{
    var model = FrozenModel.Load(file);
    var image = args.Length > 1 ? GrayImage.Read(args[1]) : GrayImage.Seven();
    var scores = new float[Classes];
    model.Run<float, float>(image, scores);
    var first = DateTime.Now - Process.GetCurrentProcess().StartTime;
    var clock = Stopwatch.StartNew();
    const int Calls = 1000;
    for (var i = 0; i < Calls; i++)
    {
        model.Run<float, float>(image, scores);
    }

    GrayImage.Show(image);
    var largest = scores.Max();
    var sum = scores.Sum(score => MathF.Exp(score - largest));
    foreach (var (digit, score) in scores.Index())
    {
        var share = MathF.Exp(score - largest) / sum;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{digit} {share,6:P1} {new string('#', (int)(40 * share))}"));
    }

    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"first answer {first.TotalMilliseconds:F0} ms after the start, then {clock.Elapsed.TotalMicroseconds / Calls:F1} µs each"));
    return 0;
}
catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
