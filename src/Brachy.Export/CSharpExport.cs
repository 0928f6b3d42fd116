using System.Runtime.CompilerServices;
using System.Text;
using Brachy.IO.CSharp;
using Brachy.IO.Tracing;

namespace Brachy.IO;

/// <summary>
/// Writes models as C# source that builds them for the package Brachy.Inference, which runs them without libtorch. In C# 14 one writes
/// <c>Export.CSharp(…)</c>; before that, <c>CSharpExport.CSharp(…)</c>.
/// </summary>
public static partial class CSharpExport
{
    extension(Export)
    {
        /// <summary>
        /// Writes what a model computes, with its weights, as a C# class whose <c>Load</c> gives the <c>FrozenModel</c> that
        /// <c>Export.Frozen</c> would have written. It is compiled with the package Brachy.Inference, by C# 12 or later.
        /// </summary>
        /// <param name="path">The source; one that was there before is replaced when the new one is complete.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="inputs">Examples of its inputs, one to four, of which shapes and types matter.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="inputs"/>, from which names of arguments come; the compiler gives it.</param>
        /// <exception cref="NotSupportedException">Some operations have no kernel without libtorch; the message lists them.</exception>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        /// <exception cref="CheckpointException">The file cannot be written.</exception>
        public static void CSharp(
            string path, (StructureTree Tree, GlobalConfig Config) model, Tensor[] inputs, CSharpExportOptions? options = null,
            [CallerArgumentExpression(nameof(inputs))] string? names = null) =>
            Write(path, ExportSubject.Of(model, inputs, names, Valid(options).Varying), Valid(options));

        /// <summary>
        /// Writes what a model computes, with its weights, as a C# class whose <c>Load</c> gives the <c>FrozenModel</c> that
        /// <c>Export.Frozen</c> would have written. It is compiled with the package Brachy.Inference, by C# 12 or later.
        /// </summary>
        /// <param name="stream">The stream, which is written as UTF-8 and stays open.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="inputs">Examples of its inputs, one to four, of which shapes and types matter.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="inputs"/>, from which names of arguments come; the compiler gives it.</param>
        /// <exception cref="NotSupportedException">Some operations have no kernel without libtorch; the message lists them.</exception>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        public static void CSharp(
            Stream stream, (StructureTree Tree, GlobalConfig Config) model, Tensor[] inputs, CSharpExportOptions? options = null,
            [CallerArgumentExpression(nameof(inputs))] string? names = null) =>
            Write(stream, ExportSubject.Of(model, inputs, names, Valid(options).Varying), Valid(options));

        /// <summary>
        /// Writes what a model computes, with its weights, as a C# class whose <c>Load</c> gives the <c>FrozenModel</c> that
        /// <c>Export.Frozen</c> would have written. It is compiled with the package Brachy.Inference, by C# 12 or later.
        /// </summary>
        /// <typeparam name="TInput">The input of the model: one type, or a tuple for several arguments.</typeparam>
        /// <param name="path">The source; one that was there before is replaced when the new one is complete.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="input">An example of its input, of whose tensors shapes and types matter. All else in it is static.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="input"/>, from which names of arguments come; the compiler gives it.</param>
        /// <exception cref="NotSupportedException">Some operations have no kernel without libtorch; the message lists them.</exception>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        /// <exception cref="CheckpointException">The file cannot be written.</exception>
        public static void CSharp<TInput>(
            string path, (StructureTree Tree, GlobalConfig Config) model, TInput input, CSharpExportOptions? options = null,
            [CallerArgumentExpression(nameof(input))] string? names = null) =>
            Write(path, ExportSubject.Of(model, input, names, Valid(options).Varying), Valid(options));

        /// <summary>
        /// Writes what a model computes, with its weights, as a C# class whose <c>Load</c> gives the <c>FrozenModel</c> that
        /// <c>Export.Frozen</c> would have written. It is compiled with the package Brachy.Inference, by C# 12 or later.
        /// </summary>
        /// <typeparam name="TInput">The input of the model: one type, or a tuple for several arguments.</typeparam>
        /// <param name="stream">The stream, which is written as UTF-8 and stays open.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="input">An example of its input, of whose tensors shapes and types matter. All else in it is static.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="input"/>, from which names of arguments come; the compiler gives it.</param>
        /// <exception cref="NotSupportedException">Some operations have no kernel without libtorch; the message lists them.</exception>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        public static void CSharp<TInput>(
            Stream stream, (StructureTree Tree, GlobalConfig Config) model, TInput input, CSharpExportOptions? options = null,
            [CallerArgumentExpression(nameof(input))] string? names = null) =>
            Write(stream, ExportSubject.Of(model, input, names, Valid(options).Varying), Valid(options));
    }

    private static void Write(string path, ExportSubject subject, CSharpExportOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = FileOf(subject, options, Path.GetFileNameWithoutExtension(path));
        if (options.Weights == CSharpWeights.Embedded)
        {
            AtomicFile.Write(path, stream => WriteWhole(stream, file));
            return;
        }

        var checksum = 0UL;
        AtomicFile.Write(Path.ChangeExtension(path, ".weights"), stream => checksum = file.WriteWeights(stream));
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(file.Text(checksum, []))));
    }

    private static void Write(Stream stream, ExportSubject subject, CSharpExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (options.Weights != CSharpWeights.Embedded)
        {
            throw new ArgumentException(
                $"Beside a stream there is no file for the weights: give a path, or leave {nameof(CSharpExportOptions)}."
                + $"{nameof(options.Weights)} = {nameof(CSharpWeights)}.{nameof(CSharpWeights.Embedded)}.", nameof(options));
        }

        WriteWhole(stream, FileOf(subject, options, "Model"));
    }

    private static void WriteWhole(Stream stream, CSharpFile file)
    {
        using var weights = new MemoryStream();
        var checksum = file.WriteWeights(weights);
        stream.Write(Encoding.UTF8.GetBytes(file.Text(checksum, weights.GetBuffer().AsSpan(0, (int)weights.Length))));
    }

    private static CSharpFile FileOf(ExportSubject subject, CSharpExportOptions options, string defaultName) => new(
        TracedProgram.Trace(subject.Function, subject.Varying, foldWeights: true), options, defaultName);

    private static CSharpExportOptions Valid(CSharpExportOptions? options)
    {
        options ??= new();
        ArgumentNullException.ThrowIfNull(options.Varying);
        return Enum.IsDefined(options.Weights) ? options
            : throw new ArgumentOutOfRangeException(nameof(options), options.Weights, "This is no place for weights.");
    }
}
