namespace Brachy.Generators;

/// <summary>A method that calls of a [Jit] method are led to.</summary>
/// <param name="Id">The identifier of the [Jit] method in documentation.</param>
/// <param name="Name">Its name.</param>
/// <param name="TypeParameters">Those of the types around it, in angle brackets, or empty.</param>
/// <param name="Constraints">Theirs, each with its <c>where</c>.</param>
/// <param name="Signature">The parameters and the result.</param>
/// <param name="Target">The compiled method, with its type.</param>
internal sealed record InterceptorModel(
    string Id, string Name, string TypeParameters, EquatableArray<string> Constraints, SignatureModel Signature, string Target);

/// <summary>A call that is led elsewhere.</summary>
/// <param name="Id">The identifier of the [Jit] method that it names.</param>
/// <param name="Attribute">Says where it is.</param>
/// <param name="Place">The same for people.</param>
internal sealed record InterceptedCall(string Id, string Attribute, string Place);
