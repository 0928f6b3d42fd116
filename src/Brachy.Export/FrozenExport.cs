using System.Runtime.CompilerServices;
using Brachy.IO.Frozen;
using Brachy.IO.Tracing;

namespace Brachy.IO;

/// <summary>
/// Freezes models, which <c>FrozenModel.Load</c> of the package Brachy.Inference runs without libtorch. In C# 14 one writes
/// <c>Export.Frozen(…)</c>; before that, <c>FrozenExport.Frozen(…)</c>.
/// </summary>
public static partial class FrozenExport
{
    extension(Export)
    {
        /// <summary>
        /// Writes what a model computes, with its weights, to be run by Brachy.Inference. Element types are float32, float64, int64 and
        /// bool.
        /// </summary>
        /// <param name="path">The file; one that was there before is replaced when the new one is complete.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="inputs">Examples of its inputs, one to four, of which shapes and types matter.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="inputs"/>, from which names of arguments come; the compiler gives it.</param>
        /// <exception cref="NotSupportedException">Some operations have no kernel without libtorch; the message lists them.</exception>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        /// <exception cref="CheckpointException">The file cannot be written.</exception>
        public static void Frozen(
            string path, (StructureTree Tree, GlobalConfig Config) model, Tensor[] inputs, FrozenExportOptions? options = null,
            [CallerArgumentExpression(nameof(inputs))] string? names = null) =>
            Write(path, ExportSubject.Of(model, inputs, names, Valid(options).Varying), Valid(options));

        /// <summary>
        /// Writes what a model computes, with its weights, to be run by Brachy.Inference. Element types are float32, float64, int64 and
        /// bool.
        /// </summary>
        /// <param name="stream">The stream, which is written from its beginning and stays open.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="inputs">Examples of its inputs, one to four, of which shapes and types matter.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="inputs"/>, from which names of arguments come; the compiler gives it.</param>
        /// <exception cref="NotSupportedException">Some operations have no kernel without libtorch; the message lists them.</exception>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        public static void Frozen(
            Stream stream, (StructureTree Tree, GlobalConfig Config) model, Tensor[] inputs, FrozenExportOptions? options = null,
            [CallerArgumentExpression(nameof(inputs))] string? names = null) =>
            Write(stream, ExportSubject.Of(model, inputs, names, Valid(options).Varying), Valid(options));

        /// <summary>
        /// Writes what a model computes, with its weights, to be run by Brachy.Inference. Element types are float32, float64, int64 and
        /// bool.
        /// </summary>
        /// <typeparam name="TInput">The input of the model: one type, or a tuple for several arguments.</typeparam>
        /// <param name="path">The file; one that was there before is replaced when the new one is complete.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="input">An example of its input, of whose tensors shapes and types matter. All else in it is static.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="input"/>, from which names of arguments come; the compiler gives it.</param>
        /// <exception cref="NotSupportedException">Some operations have no kernel without libtorch; the message lists them.</exception>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        /// <exception cref="CheckpointException">The file cannot be written.</exception>
        public static void Frozen<TInput>(
            string path, (StructureTree Tree, GlobalConfig Config) model, TInput input, FrozenExportOptions? options = null,
            [CallerArgumentExpression(nameof(input))] string? names = null) =>
            Write(path, ExportSubject.Of(model, input, names, Valid(options).Varying), Valid(options));

        /// <summary>
        /// Writes what a model computes, with its weights, to be run by Brachy.Inference. Element types are float32, float64, int64 and
        /// bool.
        /// </summary>
        /// <typeparam name="TInput">The input of the model: one type, or a tuple for several arguments.</typeparam>
        /// <param name="stream">The stream, which is written from its beginning and stays open.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="input">An example of its input, of whose tensors shapes and types matter. All else in it is static.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="input"/>, from which names of arguments come; the compiler gives it.</param>
        /// <exception cref="NotSupportedException">Some operations have no kernel without libtorch; the message lists them.</exception>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        public static void Frozen<TInput>(
            Stream stream, (StructureTree Tree, GlobalConfig Config) model, TInput input, FrozenExportOptions? options = null,
            [CallerArgumentExpression(nameof(input))] string? names = null) =>
            Write(stream, ExportSubject.Of(model, input, names, Valid(options).Varying), Valid(options));
    }

    private static void Write(string path, ExportSubject subject, FrozenExportOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, WriterOf(subject, options).Write);
    }

    private static void Write(Stream stream, ExportSubject subject, FrozenExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        WriterOf(subject, options).Write(stream);
    }

    private static FrozenWriter WriterOf(ExportSubject subject, FrozenExportOptions options) => new(
        TracedProgram.Trace(subject.Function, subject.Varying, foldWeights: true), options.InputNames, options.Quantization);

    private static FrozenExportOptions Valid(FrozenExportOptions? options)
    {
        options ??= new();
        ArgumentNullException.ThrowIfNull(options.Varying);
        return options;
    }
}
