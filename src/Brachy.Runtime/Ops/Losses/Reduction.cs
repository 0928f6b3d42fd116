namespace Brachy;

/// <summary>What a loss makes of the losses of its elements.</summary>
public enum Reduction
{
    /// <summary>Keeps them.</summary>
    None = 0,

    /// <summary>Their mean, weighted where there are weights.</summary>
    Mean = 1,

    /// <summary>Their sum.</summary>
    Sum = 2,
}
