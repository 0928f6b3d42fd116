using Brachy.Extending;

namespace Brachy;

/// <summary>How many parameters are updated together.</summary>
internal abstract record ForeachSettings(long N) : Settings;
