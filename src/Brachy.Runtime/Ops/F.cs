namespace Brachy;

/// <summary>
/// Operations on tensors, under PyTorch's names, whether they stand there in <c>torch</c>, <c>torch.nn.functional</c> or as a method of the
/// tensor. Arguments that are wrong give a managed error that names the op, the shapes and what to do.
/// </summary>
/// <remarks>
/// Each family of ops has a folder, and each group in it a file with the functions, their primitives and the same as methods of
/// <see cref="Tensor"/>. What several families ask of their operands is in <c>OperandChecks</c>, <c>Shapes</c> and <c>ElementRules</c>.
/// </remarks>
public static partial class F;
