using System.Runtime.CompilerServices;
using Brachy.CompilerServices;
using Brachy.IO.Onnx;
using Brachy.IO.Tracing;
using Brachy.Trees;

namespace Brachy.IO;

/// <summary>
/// Writes models and functions as ONNX, which other programs run. In C# 14 one writes <c>Export.Onnx(…)</c>; before that,
/// <c>OnnxExport.Onnx(…)</c>.
/// </summary>
/// <remarks>
/// <para>The function is traced, as by <c>Jit.Compile</c>. Params and buffers of structure trees become initializers of the file under
/// their paths, so that <see cref="OnnxFile.ReadWeights(string, PathFilter?)"/> gives them back; nodes of the file have the path of
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
            [CallerArgumentExpression(nameof(inputs))] string? names = null)
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            Write(path, OfTensors(model, inputs, names, options ??= new()), options);
        }

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
            [CallerArgumentExpression(nameof(inputs))] string? names = null)
        {
            ArgumentNullException.ThrowIfNull(stream);
            Write(stream, OfTensors(model, inputs, names, options ??= new()), options);
        }

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
            [CallerArgumentExpression(nameof(input))] string? names = null)
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            Write(path, OfModel(model, input, names, options ??= new()), options);
        }

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
            [CallerArgumentExpression(nameof(input))] string? names = null)
        {
            ArgumentNullException.ThrowIfNull(stream);
            Write(stream, OfModel(model, input, names, options ??= new()), options);
        }
    }

    private static void Write(string path, (ExportedFunction Function, IReadOnlyList<VaryingDims> Varying) subject, OnnxOptions options) =>
        OnnxModelFile.Write(path, OnnxConversion.Run(subject.Function, subject.Varying, options), options);

    private static void Write(
        Stream stream, (ExportedFunction Function, IReadOnlyList<VaryingDims> Varying) subject, OnnxOptions options) =>
        OnnxModelFile.Write(stream, OnnxConversion.Run(subject.Function, subject.Varying, options), options);

    private static (ExportedFunction Function, IReadOnlyList<VaryingDims> Varying) OfModel<TInput>(
        (StructureTree Tree, GlobalConfig Config) model, TInput input, string? text, OnnxOptions options)
    {
        var function = ExportedFunction.Of(Tree(model), Config(model), input, CallNames.Of(null, text));
        return (function, [.. options.Varying.Select(dims => Shifted(dims, 1, dims.Argument + 1, dims.Member))]);
    }

    private static (ExportedFunction Function, IReadOnlyList<VaryingDims> Varying) OfTensors(
        (StructureTree Tree, GlobalConfig Config) model, Tensor[] inputs, string? text, OnnxOptions options)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var (tree, config, names) = (Tree(model), Config(model), CallNames.OfList(text, inputs.Length));
        var function = inputs switch
        {
            _ when tree.ApplyFn is ITakes<Tensor[]> => ExportedFunction.Of(tree, config, inputs, names),
            [var x] => ExportedFunction.Of(tree, config, x, names),
            [var a, var b] => ExportedFunction.Of(tree, config, (a, b), names),
            [var a, var b, var c] => ExportedFunction.Of(tree, config, (a, b, c), names),
            [var a, var b, var c, var d] => ExportedFunction.Of(tree, config, (a, b, c, d), names),
            _ => throw new ArgumentException(
                $"There are {inputs.Length} inputs; lists of one to four tensors are taken. Pass the model's input, a tuple, as one value.",
                nameof(inputs)),
        };
        return (function, [.. options.Varying.Select(
            dims => Shifted(dims, inputs.Length, 1, inputs.Length == 1 ? null : $"Item{dims.Argument + 1}"))]);
    }

    private static VaryingDims Shifted(VaryingDims dims, int count, int argument, string? member) =>
        dims.Argument >= 0 && dims.Argument < count
            ? new VaryingDims(argument, [.. dims.Names]) { Member = member, Typical = dims.Typical }
            : throw new ArgumentOutOfRangeException(
                nameof(OnnxOptions.Varying), dims.Argument, $"There are {count} inputs; positions go from 0 to {count - 1}.");

    private static StructureTree Tree((StructureTree Tree, GlobalConfig Config) model)
    {
        ArgumentNullException.ThrowIfNull(model.Tree, nameof(model));
        return model.Tree;
    }

    private static GlobalConfig Config((StructureTree Tree, GlobalConfig Config) model)
    {
        ArgumentNullException.ThrowIfNull(model.Config, nameof(model));
        return model.Config;
    }

    /// <summary>A function of arguments of which some are trees.</summary>
    internal static ExportedFunction OfFunction<TArguments, TResult>(
        string name, TreeHandler<TArguments> handler, TArguments arguments, bool[] isTree, string[] names,
        Func<TArguments, TResult> function) =>
        ExportedFunction.Of(name, handler, TreeHandler.For<TResult>(), arguments, isTree, names, function);
}
