namespace Brachy.CompilerServices;

/// <summary>An immutable type of the runtime with value equality, which compiled functions take as a static argument as it is.</summary>
internal interface IStaticContent;
