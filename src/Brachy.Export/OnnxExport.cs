using System.Runtime.CompilerServices;
using Brachy.CompilerServices;
using Brachy.IO.Onnx;
using Brachy.IO.Tracing;
using Brachy.Transforms;

namespace Brachy.IO;

/// <summary>
/// Writes models and functions as ONNX, which other programs run. In C# 14 one writes <c>Export.Onnx(…)</c>; before that,
/// <c>OnnxExport.Onnx(…)</c>.
/// </summary>
/// <remarks>
/// <para>The function is traced, as by <c>Jit.Compile</c>. Params and buffers of structure trees become initializers of the file under
/// their paths, so that <see cref="OnnxFile"/> gives them back; nodes of the file have the path of
/// the module that they belong to. What the function notes by <c>Checks</c> is left out.</para>
/// <para>The file says what is computed; which element types a program that runs it has kernels for is another matter.</para>
/// </remarks>
public static partial class OnnxExport
{
    extension(Export)
    {
        /// <summary>Writes what a model computes for some input tensors.</summary>
        /// <param name="path">The file; one that was there before is replaced when the new one is complete.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="inputs">Examples of its inputs, one to four, of which shapes and types matter.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="inputs"/>, from which names of inputs come; the compiler gives it.</param>
        /// <exception cref="NotSupportedException">
        /// Some ops cannot be written as ONNX; the message lists all of them with their paths.
        /// </exception>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        /// <exception cref="CheckpointException">The file cannot be written.</exception>
        public static void Onnx(
            string path, (StructureTree Tree, GlobalConfig Config) model, Tensor[] inputs, OnnxOptions? options = null,
            [CallerArgumentExpression(nameof(inputs))] string? names = null) =>
            Write(path, ExportSubject.Of(model, inputs, names, Valid(options).Varying), Valid(options));

        /// <summary>Writes what a model computes for some input tensors to a stream.</summary>
        /// <param name="stream">The stream, which stays open.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="inputs">Examples of its inputs, one to four, of which shapes and types matter.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="inputs"/>, from which names of inputs come; the compiler gives it.</param>
        /// <exception cref="NotSupportedException">
        /// Some ops cannot be written as ONNX; the message lists all of them with their paths.
        /// </exception>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        public static void Onnx(
            Stream stream, (StructureTree Tree, GlobalConfig Config) model, Tensor[] inputs, OnnxOptions? options = null,
            [CallerArgumentExpression(nameof(inputs))] string? names = null) =>
            Write(stream, ExportSubject.Of(model, inputs, names, Valid(options).Varying), Valid(options));

        /// <summary>Writes what a model computes for an input of any type that transforms know, such as a tuple.</summary>
        /// <typeparam name="TInput">The input of the model: one type, or a tuple for several arguments.</typeparam>
        /// <param name="path">The file; one that was there before is replaced when the new one is complete.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="input">An example of its input, of whose tensors shapes and types matter. All else in it is static.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="input"/>, from which names of inputs come; the compiler gives it.</param>
        /// <exception cref="NotSupportedException">
        /// Some ops cannot be written as ONNX; the message lists all of them with their paths.
        /// </exception>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        /// <exception cref="CheckpointException">The file cannot be written.</exception>
        public static void Onnx<TInput>(
            string path, (StructureTree Tree, GlobalConfig Config) model, TInput input, OnnxOptions? options = null,
            [CallerArgumentExpression(nameof(input))] string? names = null) =>
            Write(path, ExportSubject.Of(model, input, names, Valid(options).Varying), Valid(options));

        /// <summary>Writes what a model computes for an input of any type that transforms know to a stream.</summary>
        /// <typeparam name="TInput">The input of the model: one type, or a tuple for several arguments.</typeparam>
        /// <param name="stream">The stream, which stays open.</param>
        /// <param name="model">The model and its settings, which are mostly those for evaluation; it is left as it is.</param>
        /// <param name="input">An example of its input, of whose tensors shapes and types matter. All else in it is static.</param>
        /// <param name="options">The options; null for the defaults.</param>
        /// <param name="names">The text of <paramref name="input"/>, from which names of inputs come; the compiler gives it.</param>
        /// <exception cref="NotSupportedException">
        /// Some ops cannot be written as ONNX; the message lists all of them with their paths.
        /// </exception>
        /// <exception cref="ArgumentException">The model does not take such inputs, or an option does not fit.</exception>
        /// <exception cref="VaryingSizeException">The model depends on sizes that vary in another way than by formulas.</exception>
        public static void Onnx<TInput>(
            Stream stream, (StructureTree Tree, GlobalConfig Config) model, TInput input, OnnxOptions? options = null,
            [CallerArgumentExpression(nameof(input))] string? names = null) =>
            Write(stream, ExportSubject.Of(model, input, names, Valid(options).Varying), Valid(options));
    }

    private static OnnxOptions Valid(OnnxOptions? options)
    {
        options ??= new();
        options.RequireValid();
        return options;
    }

    private static void Write(string path, ExportSubject subject, OnnxOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        OnnxModelFile.Write(path, OnnxConversion.Run(subject.Function, subject.Varying, options), options);
    }

    private static void Write(Stream stream, ExportSubject subject, OnnxOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        OnnxModelFile.Write(stream, OnnxConversion.Run(subject.Function, subject.Varying, options), options);
    }
}
