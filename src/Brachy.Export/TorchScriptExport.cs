using System.Runtime.CompilerServices;
using Brachy.IO.TorchScript;
using Brachy.IO.Tracing;

namespace Brachy.IO;

/// <summary>
/// Writes models as programs of TorchScript. In C# 14 one writes <c>Export.TorchScript(…)</c>; before that,
/// <c>TorchScriptExport.TorchScript(…)</c>.
/// </summary>
public static partial class TorchScriptExport
{
    extension(Export)
    {
        /// <summary>
        /// Writes a model as a program of TorchScript, which <c>torch.jit.load</c> of PyTorch, libtorch and TorchSharp loads: its tree as
        /// modules with its params and buffers under their paths, and what it computes as <c>forward</c>.
        /// </summary>
        /// <param name="path">The file; one that was there before is replaced when the new one is complete.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="inputs">Examples of its inputs, one to four, of which shapes and types matter.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="inputs"/>, from which names of arguments come; the compiler gives it.</param>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        /// <exception cref="CheckpointException">The file cannot be written.</exception>
        public static void TorchScript(
            string path, (StructureTree Tree, GlobalConfig Config) model, Tensor[] inputs, TorchScriptOptions? options = null,
            [CallerArgumentExpression(nameof(inputs))] string? names = null) =>
            Write(path, ExportSubject.Of(model, inputs, names, Valid(options).Varying), Valid(options));

        /// <summary>
        /// Writes a model as a program of TorchScript, which <c>torch.jit.load</c> of PyTorch, libtorch and TorchSharp loads: its tree as
        /// modules with its params and buffers under their paths, and what it computes as <c>forward</c>.
        /// </summary>
        /// <param name="stream">The stream, which is written from its beginning and stays open.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="inputs">Examples of its inputs, one to four, of which shapes and types matter.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="inputs"/>, from which names of arguments come; the compiler gives it.</param>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        public static void TorchScript(
            Stream stream, (StructureTree Tree, GlobalConfig Config) model, Tensor[] inputs, TorchScriptOptions? options = null,
            [CallerArgumentExpression(nameof(inputs))] string? names = null) =>
            Write(stream, ExportSubject.Of(model, inputs, names, Valid(options).Varying), Valid(options));

        /// <summary>
        /// Writes a model as a program of TorchScript, which <c>torch.jit.load</c> of PyTorch, libtorch and TorchSharp loads: its tree as
        /// modules with its params and buffers under their paths, and what it computes as <c>forward</c>.
        /// </summary>
        /// <typeparam name="TInput">The input of the model: one type, or a tuple for several arguments.</typeparam>
        /// <param name="path">The file; one that was there before is replaced when the new one is complete.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="input">An example of its input, of whose tensors shapes and types matter. All else in it is static.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="input"/>, from which names of arguments come; the compiler gives it.</param>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        /// <exception cref="CheckpointException">The file cannot be written.</exception>
        public static void TorchScript<TInput>(
            string path, (StructureTree Tree, GlobalConfig Config) model, TInput input, TorchScriptOptions? options = null,
            [CallerArgumentExpression(nameof(input))] string? names = null) =>
            Write(path, ExportSubject.Of(model, input, names, Valid(options).Varying), Valid(options));

        /// <summary>
        /// Writes a model as a program of TorchScript, which <c>torch.jit.load</c> of PyTorch, libtorch and TorchSharp loads: its tree as
        /// modules with its params and buffers under their paths, and what it computes as <c>forward</c>.
        /// </summary>
        /// <typeparam name="TInput">The input of the model: one type, or a tuple for several arguments.</typeparam>
        /// <param name="stream">The stream, which is written from its beginning and stays open.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="input">An example of its input, of whose tensors shapes and types matter. All else in it is static.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="input"/>, from which names of arguments come; the compiler gives it.</param>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        public static void TorchScript<TInput>(
            Stream stream, (StructureTree Tree, GlobalConfig Config) model, TInput input, TorchScriptOptions? options = null,
            [CallerArgumentExpression(nameof(input))] string? names = null) =>
            Write(stream, ExportSubject.Of(model, input, names, Valid(options).Varying), Valid(options));
    }

    private static void Write(string path, ExportSubject subject, TorchScriptOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, ProgramOf(subject, options).Write);
    }

    private static void Write(Stream stream, ExportSubject subject, TorchScriptOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);

        // Places in an archive count from its beginning, and not every stream knows its own.
        using var archive = new MemoryStream();
        ProgramOf(subject, options).Write(archive);
        archive.WriteTo(stream);
    }

    private static TorchScriptProgram ProgramOf(ExportSubject subject, TorchScriptOptions options) => new(
        TracedProgram.Trace(subject.Function, subject.Varying, foldWeights: false), subject.Tree, options.InputNames);

    private static TorchScriptOptions Valid(TorchScriptOptions? options)
    {
        options ??= new();
        ArgumentNullException.ThrowIfNull(options.Varying);
        return options;
    }
}
