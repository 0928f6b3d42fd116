namespace Brachy.Generators;

/// <summary>A [Jit] method.</summary>
/// <param name="Scope">The type it is in.</param>
/// <param name="FileName">The name of the generated file, without its ending.</param>
/// <param name="Name">Its name.</param>
/// <param name="DocumentationId">Its identifier in documentation.</param>
/// <param name="Accessibility">That of the compiled method.</param>
/// <param name="Signature">Its parameters and result.</param>
/// <param name="Arguments">How the arguments are taken apart.</param>
/// <param name="ResultHandler">The handler of the result.</param>
/// <param name="Interceptor">What its calls are led to, if they are.</param>
internal sealed record JitModel(
    TypeScope Scope,
    string FileName,
    string Name,
    string DocumentationId,
    string Accessibility,
    SignatureModel Signature,
    EquatableArray<MemberModel> Arguments,
    string ResultHandler,
    InterceptorModel? Interceptor);
