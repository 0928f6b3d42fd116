namespace Brachy;

/// <summary>A type of the runtime that is a tensor or holds some, so that it is no static value.</summary>
internal interface ITraced;
