using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Every diagnostic of Brachy.</summary>
internal static class DiagnosticDescriptors
{
    private const string Category = "Brachy";

    /// <summary>The package's page, whose readme ends with docs/diagnostics.md, a chapter for each id: here and nowhere else.</summary>
    internal const string Help = "https://www.nuget.org/packages/Brachy";

    // Shared
    public static readonly DiagnosticDescriptor ContainingTypeNotPartial = new("BRACHY002", "The containing type must be partial",
        "'{0}' contains '{1}', to which members are generated; declare '{0}' partial",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy002");

    // [Module]
    public static readonly DiagnosticDescriptor ModuleNotPartial = new("BRACHY001", "A module must be partial",
        "The module '{0}' must be partial, so that its other half can be generated; declare it 'partial class {0}'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy001");

    public static readonly DiagnosticDescriptor PropertyNotPartial = new("BRACHY003", "A property of a module must be partial",
        "'{0}' is kept in the module's tree, so it must be partial; declare it 'partial' and without a body",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy003");

    public static readonly DiagnosticDescriptor StaticHoldsTensors = new("BRACHY004", "A static value cannot hold tensors",
        "'{0}' is [Static], but {1} holds tensors, which must be traced; {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy004");

    public static readonly DiagnosticDescriptor NotATensor = new("BRACHY005", "A param or buffer must hold tensors",
        "'{0}' is [{1}], but a {1} is a Tensor, StructureTree{2} or TreeValue, not {3}; {4}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy005");

    public static readonly DiagnosticDescriptor SeveralAttributes = new("BRACHY006", "A property has one role",
        "'{0}' is {1}; keep one of these attributes",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy006");

    public static readonly DiagnosticDescriptor AttributeOutsideModule = new("BRACHY007", "The attribute belongs into a module",
        "[{0}] on '{1}' has no effect, because {2} is no module; {3}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy007");

    public static readonly DiagnosticDescriptor NoForward = new("BRACHY008", "A module needs a Forward method",
        "The module '{0}' has no Forward method{1}; add 'public Tensor Forward(Tensor x)', with the inputs and output that you need, or "
        + "declare it abstract to derive others from it",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy008");

    public static readonly DiagnosticDescriptor SeveralForwards = new("BRACHY009", "A module has one Forward method",
        "The module '{0}' has a second Forward method; keep one public Forward and give the other another name",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy009");

    public static readonly DiagnosticDescriptor ForwardSignature = new("BRACHY010", "Forward has a signature that cannot be applied",
        "Forward of '{0}' {1}; {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy010");

    public static readonly DiagnosticDescriptor ConfigSetter = new("BRACHY011", "A setting is read only",
        "'{0}' is read from the config that the whole model shares; remove its setter, and use UpdateGlobalConfig or another config to "
        + "change it",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy011");

    public static readonly DiagnosticDescriptor DuplicateKey = new("BRACHY012", "Two properties have the same key",
        "'{0}' and '{1}' are both kept under the key \"{2}\"; give one of them another name, as in [{3}(\"other_name\")]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy012");

    public static readonly DiagnosticDescriptor ModuleBase = new("BRACHY013", "A module cannot have this base class",
        "The module '{0}' derives from '{1}', {2}; {3}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy013");

    public static readonly DiagnosticDescriptor PropertyWithoutRole = new("BRACHY014", "A partial property of a module needs a role",
        "'{0}' is partial, but {1} is no module; {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy014");

    public static readonly DiagnosticDescriptor PropertyModifier = new(
        "BRACHY015", "A property of a module has a modifier that is not supported",
        "'{0}' is {1}, which a property kept in the module's tree cannot be; {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy015");

    public static readonly DiagnosticDescriptor ConfigDefault = new("BRACHY016", "The default does not fit the setting",
        "The default of '{0}' is {1}, which is no {2}; give a default of that type",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy016");

    public static readonly DiagnosticDescriptor ModuleKind = new("BRACHY017", "This kind of class cannot be a module",
        "The module '{0}' {1}; {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy017");

    public static readonly DiagnosticDescriptor StateOutsideTree = new("BRACHY018", "State of a module outside its tree is lost",
        "'{0}' is not kept in the tree, so views that Bind, Call and Apply make of the module do not have its value; {1}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy018");

    public static readonly DiagnosticDescriptor SubmoduleType = new("BRACHY019", "The type cannot be a submodule",
        "'{0}' cannot be a submodule, because {1} {2}; {3}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy019");

    public static readonly DiagnosticDescriptor IllegalKey = new("BRACHY037", "A key has a name that paths can be made of",
        "'{0}' cannot be kept under the key \"{1}\": {2}; {3}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy037");

    public static readonly DiagnosticDescriptor ModuleConstructor = new(
        "BRACHY039", "A module needs a constructor that calls that of its base",
        "'{0}' has no constructor, and its base '{1}' cannot be built without arguments; add a constructor that calls 'base(…)'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy039");

    public static readonly DiagnosticDescriptor ModuleNotMarked = new("BRACHY040", "A class that derives from a module is no module itself",
        "'{0}' derives from the module '{1}', but is not [Module], so {2}; mark it [Module] and declare it partial",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy040");

    public static readonly DiagnosticDescriptor WrittenInForward = new("BRACHY045", "What Forward writes outside of the tree is lost",
        "{1} writes '{0}', which is not kept in the tree, so the next call does not see it; declare it a partial property with "
        + "[Buffer], and write a tensor",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy045");

    public static readonly DiagnosticDescriptor StaticWrittenInForward = new("BRACHY046", "Forward writes a static value",
        "{1} writes '{0}', which is [Static], so part of the compile key: each call is traced anew; declare it [Buffer], and write a "
        + "tensor",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy046");

    public static readonly DiagnosticDescriptor NoJitApply = new("BRACHY047", "JitApply is not written",
        "'{0}' has no JitApply, because '{1}' is {2}, {3}; {4}",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "#brachy047");

    public static readonly DiagnosticDescriptor UnassignedMember = new("BRACHY050", "A member of a module is never assigned",
        "'{0}' is not assigned {1}, and reading it then throws; {2}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy050");

    public static readonly DiagnosticDescriptor InheritedName = new(
        "BRACHY051", "A property has the name of a member that every module has",
        "'{0}' hides a member that every module has; give it another name, and keep its key with [{1}(\"{2}\")]",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy051");

    public static readonly DiagnosticDescriptor StaticModule = new("BRACHY052", "A static module is in no tree",
        "Forward of '{1}' runs a module of '{0}', which is static, so that the tree of '{1}' does not have it: its params are neither "
        + "trained nor saved with the others; keep it in a partial property",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy052");

    public static readonly DiagnosticDescriptor PropertyInitializer = new(
        "BRACHY053", "A property that is kept in the tree has no initializer",
        "'{0}' is kept {1}; {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy053");

    // [Jit]
    public static readonly DiagnosticDescriptor JitInstanceMethod = new("BRACHY020", "A compiled method must be static",
        "'{0}' is [Jit], so it must be static: a compiled function sees its arguments only; pass what it needs",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy020");

    public static readonly DiagnosticDescriptor JitGeneric = new("BRACHY021", "A compiled method cannot be generic",
        "'{0}' is [Jit], so it cannot have type parameters; write the types, or compile a delegate with Jit.Compile",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy021");

    public static readonly DiagnosticDescriptor JitParameter = new("BRACHY022", "A compiled method has a parameter that is not supported",
        "'{0}' of '{1}' is {2}, which a compiled function cannot take; {3}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy022");

    public static readonly DiagnosticDescriptor JitResult = new("BRACHY023", "A compiled method has a result that is not supported",
        "'{0}' is [Jit], but returns {1}; {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy023");

    public static readonly DiagnosticDescriptor JitRetraces = new(
        "BRACHY024", "The function is traced anew for every value of the parameter",
        "'{0}' is {1}, so {2} is traced anew for every value; {3}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy024");

    public static readonly DiagnosticDescriptor AttributeWithoutTensors = new("BRACHY025", "The attribute is for tensors",
        "'{0}' is [{2}], but {1} holds no tensors; remove the attribute",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy025");

    public static readonly DiagnosticDescriptor ParameterAttributeOutsideJit = new(
        "BRACHY026", "The attribute belongs on a compiled method or its parameter",
        "[{0}] on '{1}' has no effect, because '{2}' is not [Jit]; mark the method [Jit] or remove the attribute",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy026");

    public static readonly DiagnosticDescriptor NotATree = new("BRACHY027", "Transforms cannot take the type apart",
        "'{0}' is {1}, {2}; {3}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy027");

    public static readonly DiagnosticDescriptor ModuleAsValue = new("BRACHY028", "A module is passed as its tree and config",
        "'{0}' is the module {1}, which is a view and no value; pass its tree and config instead (StructureTree and GlobalConfig)",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy028");

    public static readonly DiagnosticDescriptor JitOverload = new("BRACHY029", "Compiled methods need different names",
        "'{0}' has another [Jit] method named '{1}'; rename one, because each gets a '{1}JitFunction'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy029");

    public static readonly DiagnosticDescriptor JitWithoutEffect = new("BRACHY044", "[Jit] belongs on a method of a type",
        "[Jit] has no effect on {0}; make it a static method of a partial type, or compile it with Jit.Compile",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy044");

    public static readonly DiagnosticDescriptor InterceptedHidden = new("BRACHY048", "Generated code must see what calls are led to",
        "Calls of '{0}' stay uncompiled in spite of Intercept, because {1}, so that generated code cannot see '{0}Jit'; {2}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy048");

    // Static values
    public static readonly DiagnosticDescriptor StaticArgument = new("BRACHY035", "A static argument must be compared by content",
        "'{0}' is part of the compile key, but {1} {2}, so a change would go unseen; make {1} a record whose stored members are internal "
        + "or public, or mark it [Tree]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy035");

    public static readonly DiagnosticDescriptor StaticProperty = new("BRACHY036", "A static property must be compared by content",
        "'{0}' is [Static], so part of the compile key, but {1} {2}, so a change would go unseen; make {1} a record whose stored members "
        + "are internal or public",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy036");

    // Calls of transforms
    public static readonly DiagnosticDescriptor NoHandler = new("BRACHY034", "No handler is generated for the type",
        "Transforms do not know how to take '{0}' apart, which is {1}, because {2}; {3}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy034",
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    // Scopes
    public static readonly DiagnosticDescriptor SuspendedScope = new("BRACHY038", "A scope of one thread holds no await or yield",
        "'{0}' leaves {1} open on this thread for whatever runs there next, and goes on without it on another; end the scope before, or "
        + "open it in a function that is not suspended",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy038");

    // Generator
    public static readonly DiagnosticDescriptor FileLocal = new("BRACHY041", "Generated code lies in another file",
        "'{0}' is marked for generated code, which lies in another file, where '{1}' cannot be seen; declare '{1}' internal instead of "
        + "file",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy041");

    public static readonly DiagnosticDescriptor GeneratorFailed = new("BRACHY042", "The generator failed at a declaration",
        "The generator failed at '{0}' and wrote nothing for it; please report this: {1}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy042");

    public static readonly DiagnosticDescriptor GeneratedName = new("BRACHY043", "A name belongs to generated code",
        "The generator writes '{0}' for '{1}', but {2}; {3}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy043");

    // Shapes
    public static readonly DiagnosticDescriptor LayerSizes = new("BRACHY073", "A layer takes what the layer before it gives",
        "'{0}' takes {1} {2}, but '{3}' gives {4}; make them equal",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy073");

    // Flow
    public static readonly DiagnosticDescriptor DonatedUse = new("BRACHY060", "A tensor that was given away is used",
        "'{0}' was donated to '{1}' (line {2}), which may have reused its memory; use what the call returned, as in "
        + "'{0} = {1}({0}, …)', or do not donate it",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy060");

    public static readonly DiagnosticDescriptor ImpureCompiled = new("BRACHY061", "A compiled function has a side effect",
        "{0} runs only when {1} is traced, not at each call; {2}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy061");

    public static readonly DiagnosticDescriptor ValueRead = new("BRACHY062", "A compiled function reads the value of a tensor",
        "{0} reads a value, but when {1} is traced its tensors have none; {2}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy062");

    public static readonly DiagnosticDescriptor ForwardForCall = new("BRACHY063", "A module is called by Call",
        "'{0}.Forward' passes by what was put around the module (hooks, replaced functions, mixed precision) and its tree; call '{0}.Call'",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy063");

    public static readonly DiagnosticDescriptor EagerForCompiled = new("BRACHY064", "A [Jit] method is called uncompiled",
        "'{0}' runs op by op here; call '{0}Jit' to run it compiled",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "#brachy064");

    public static readonly DiagnosticDescriptor TensorEquality = new("BRACHY065", "Tensors are compared as objects",
        "'{0}' asks whether the tensors are the same object, not whether their elements are equal; use {1}, or ReferenceEquals if that is "
        + "meant",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy065");

    public static readonly DiagnosticDescriptor ImpureTraced = new("BRACHY066", "A function that may be compiled has a side effect",
        "{0} would run only when {1} is traced, not at each call, once it is compiled; {2}",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "#brachy066");

    public static readonly DiagnosticDescriptor ValueReadInForward = new(
        "BRACHY067", "Forward reads the value of a tensor",
        "{0} reads a value, which keeps {1} from being compiled; {2}",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "#brachy067");

    public static readonly DiagnosticDescriptor KeptModule = new(
        "BRACHY054", "A compiled method runs a module that is no argument",
        "{0} is no argument of {1}, which keeps the values that its params and buffers had when it was traced; {2}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy054");

    public static readonly DiagnosticDescriptor KeptTensor = new(
        "BRACHY055", "A compiled function keeps a tensor that may be replaced",
        "{0} may be replaced, but {1} keeps the tensors that it held when it was traced; {2}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "#brachy055");

    public static readonly DiagnosticDescriptor KeptTensorTraced = new(
        "BRACHY056", "A function that may be compiled reads a tensor that may be replaced",
        "{0} may be replaced, but {1} would keep the tensors that it held when it was traced, once it is compiled; {2}",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "#brachy056");

    // [Tree]
    public static readonly DiagnosticDescriptor TreeNotPartial = new("BRACHY030", "A tree type must be partial",
        "'{0}' is [Tree], so it must be partial, so that its handler can be generated; declare it partial",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy030");

    public static readonly DiagnosticDescriptor TreeWithoutMembers = new("BRACHY031", "A tree type needs members",
        "'{0}' is [Tree], but has no members to take apart; add a property, or remove the attribute",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy031");

    public static readonly DiagnosticDescriptor TreeKind = new("BRACHY032", "This kind of type cannot be a tree",
        "'{0}' is [Tree], but {1}; {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy032");

    public static readonly DiagnosticDescriptor TreeMemberNotSettable = new("BRACHY033", "A member of a tree type must be settable",
        "'{0}' cannot be set, so a value of '{1}' cannot be put together again; add 'init', or make it a parameter of the record",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "#brachy033");
}
