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
/// <param name="HidesMethod">Whether the counterpart hides that of a base class.</param>
/// <param name="HidesFunction">Whether its function hides that of a base class.</param>
/// <param name="Names">The names of the private classes that it needs: function, arguments, handler.</param>
/// <param name="Target">How those call the method.</param>
/// <param name="Varying">Which sizes of its arguments vary, as expressions.</param>
/// <param name="Ranks">How ranks run a data-parallel step, as an expression; null for other methods.</param>
/// <param name="Attributes">By which the method's author warns of it.</param>
/// <param name="Warned">The ids of warnings about what the file mentions.</param>
internal sealed record JitModel(
    TypeScope Scope,
    string FileName,
    string Name,
    string DocumentationId,
    string Accessibility,
    SignatureModel Signature,
    EquatableArray<MemberModel> Arguments,
    string ResultHandler,
    InterceptorModel? Interceptor,
    bool HidesMethod,
    bool HidesFunction,
    EquatableArray<string> Names,
    string Target,
    EquatableArray<string> Varying,
    string? Ranks,
    EquatableArray<string> Attributes,
    EquatableArray<string> Warned);
