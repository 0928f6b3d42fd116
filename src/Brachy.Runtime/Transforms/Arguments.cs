namespace Brachy;

// C# has no variadic generics: one argument list for each number of arguments.

/// <summary>The arguments of a function of 1.</summary>
public readonly record struct Arguments<T1>(T1 Argument1);

internal sealed class ArgumentsHandler<T1>(ArgumentRoles roles) : TreeHandler<Arguments<T1>>
{
    private readonly TreeHandler<T1> _handler1 = roles.Handler<T1>(0);
    private readonly bool[] _marked = roles.Marked;

    public override void Flatten(Arguments<T1> value, TreeFlattener flattener)
    {
        flattener.Argument("argument 1", _marked[0]);
        _handler1.Flatten(value.Argument1, flattener);
    }

    public override Arguments<T1> Unflatten(TreeUnflattener unflattener) =>
        new(_handler1.Unflatten(unflattener));
}

/// <summary>The arguments of a function of 2.</summary>
public readonly record struct Arguments<T1, T2>(T1 Argument1, T2 Argument2);

internal sealed class ArgumentsHandler<T1, T2>(ArgumentRoles roles) : TreeHandler<Arguments<T1, T2>>
{
    private readonly TreeHandler<T1> _handler1 = roles.Handler<T1>(0);
    private readonly TreeHandler<T2> _handler2 = roles.Handler<T2>(1);
    private readonly bool[] _marked = roles.Marked;

    public override void Flatten(Arguments<T1, T2> value, TreeFlattener flattener)
    {
        flattener.Argument("argument 1", _marked[0]);
        _handler1.Flatten(value.Argument1, flattener);
        flattener.Argument("argument 2", _marked[1]);
        _handler2.Flatten(value.Argument2, flattener);
    }

    public override Arguments<T1, T2> Unflatten(TreeUnflattener unflattener) =>
        new(_handler1.Unflatten(unflattener), _handler2.Unflatten(unflattener));
}

/// <summary>The arguments of a function of 3.</summary>
public readonly record struct Arguments<T1, T2, T3>(T1 Argument1, T2 Argument2, T3 Argument3);

internal sealed class ArgumentsHandler<T1, T2, T3>(ArgumentRoles roles) : TreeHandler<Arguments<T1, T2, T3>>
{
    private readonly TreeHandler<T1> _handler1 = roles.Handler<T1>(0);
    private readonly TreeHandler<T2> _handler2 = roles.Handler<T2>(1);
    private readonly TreeHandler<T3> _handler3 = roles.Handler<T3>(2);
    private readonly bool[] _marked = roles.Marked;

    public override void Flatten(Arguments<T1, T2, T3> value, TreeFlattener flattener)
    {
        flattener.Argument("argument 1", _marked[0]);
        _handler1.Flatten(value.Argument1, flattener);
        flattener.Argument("argument 2", _marked[1]);
        _handler2.Flatten(value.Argument2, flattener);
        flattener.Argument("argument 3", _marked[2]);
        _handler3.Flatten(value.Argument3, flattener);
    }

    public override Arguments<T1, T2, T3> Unflatten(TreeUnflattener unflattener) =>
        new(_handler1.Unflatten(unflattener), _handler2.Unflatten(unflattener), _handler3.Unflatten(unflattener));
}

/// <summary>The arguments of a function of 4.</summary>
public readonly record struct Arguments<T1, T2, T3, T4>(T1 Argument1, T2 Argument2, T3 Argument3, T4 Argument4);

internal sealed class ArgumentsHandler<T1, T2, T3, T4>(ArgumentRoles roles) : TreeHandler<Arguments<T1, T2, T3, T4>>
{
    private readonly TreeHandler<T1> _handler1 = roles.Handler<T1>(0);
    private readonly TreeHandler<T2> _handler2 = roles.Handler<T2>(1);
    private readonly TreeHandler<T3> _handler3 = roles.Handler<T3>(2);
    private readonly TreeHandler<T4> _handler4 = roles.Handler<T4>(3);
    private readonly bool[] _marked = roles.Marked;

    public override void Flatten(Arguments<T1, T2, T3, T4> value, TreeFlattener flattener)
    {
        flattener.Argument("argument 1", _marked[0]);
        _handler1.Flatten(value.Argument1, flattener);
        flattener.Argument("argument 2", _marked[1]);
        _handler2.Flatten(value.Argument2, flattener);
        flattener.Argument("argument 3", _marked[2]);
        _handler3.Flatten(value.Argument3, flattener);
        flattener.Argument("argument 4", _marked[3]);
        _handler4.Flatten(value.Argument4, flattener);
    }

    public override Arguments<T1, T2, T3, T4> Unflatten(TreeUnflattener unflattener) =>
        new(_handler1.Unflatten(unflattener), _handler2.Unflatten(unflattener), _handler3.Unflatten(unflattener), _handler4.Unflatten(unflattener));
}

/// <summary>The arguments of a function of 5.</summary>
public readonly record struct Arguments<T1, T2, T3, T4, T5>(T1 Argument1, T2 Argument2, T3 Argument3, T4 Argument4, T5 Argument5);

internal sealed class ArgumentsHandler<T1, T2, T3, T4, T5>(ArgumentRoles roles) : TreeHandler<Arguments<T1, T2, T3, T4, T5>>
{
    private readonly TreeHandler<T1> _handler1 = roles.Handler<T1>(0);
    private readonly TreeHandler<T2> _handler2 = roles.Handler<T2>(1);
    private readonly TreeHandler<T3> _handler3 = roles.Handler<T3>(2);
    private readonly TreeHandler<T4> _handler4 = roles.Handler<T4>(3);
    private readonly TreeHandler<T5> _handler5 = roles.Handler<T5>(4);
    private readonly bool[] _marked = roles.Marked;

    public override void Flatten(Arguments<T1, T2, T3, T4, T5> value, TreeFlattener flattener)
    {
        flattener.Argument("argument 1", _marked[0]);
        _handler1.Flatten(value.Argument1, flattener);
        flattener.Argument("argument 2", _marked[1]);
        _handler2.Flatten(value.Argument2, flattener);
        flattener.Argument("argument 3", _marked[2]);
        _handler3.Flatten(value.Argument3, flattener);
        flattener.Argument("argument 4", _marked[3]);
        _handler4.Flatten(value.Argument4, flattener);
        flattener.Argument("argument 5", _marked[4]);
        _handler5.Flatten(value.Argument5, flattener);
    }

    public override Arguments<T1, T2, T3, T4, T5> Unflatten(TreeUnflattener unflattener) =>
        new(_handler1.Unflatten(unflattener), _handler2.Unflatten(unflattener), _handler3.Unflatten(unflattener), _handler4.Unflatten(unflattener), _handler5.Unflatten(unflattener));
}

/// <summary>The arguments of a function of 6.</summary>
public readonly record struct Arguments<T1, T2, T3, T4, T5, T6>(T1 Argument1, T2 Argument2, T3 Argument3, T4 Argument4, T5 Argument5, T6 Argument6);

internal sealed class ArgumentsHandler<T1, T2, T3, T4, T5, T6>(ArgumentRoles roles) : TreeHandler<Arguments<T1, T2, T3, T4, T5, T6>>
{
    private readonly TreeHandler<T1> _handler1 = roles.Handler<T1>(0);
    private readonly TreeHandler<T2> _handler2 = roles.Handler<T2>(1);
    private readonly TreeHandler<T3> _handler3 = roles.Handler<T3>(2);
    private readonly TreeHandler<T4> _handler4 = roles.Handler<T4>(3);
    private readonly TreeHandler<T5> _handler5 = roles.Handler<T5>(4);
    private readonly TreeHandler<T6> _handler6 = roles.Handler<T6>(5);
    private readonly bool[] _marked = roles.Marked;

    public override void Flatten(Arguments<T1, T2, T3, T4, T5, T6> value, TreeFlattener flattener)
    {
        flattener.Argument("argument 1", _marked[0]);
        _handler1.Flatten(value.Argument1, flattener);
        flattener.Argument("argument 2", _marked[1]);
        _handler2.Flatten(value.Argument2, flattener);
        flattener.Argument("argument 3", _marked[2]);
        _handler3.Flatten(value.Argument3, flattener);
        flattener.Argument("argument 4", _marked[3]);
        _handler4.Flatten(value.Argument4, flattener);
        flattener.Argument("argument 5", _marked[4]);
        _handler5.Flatten(value.Argument5, flattener);
        flattener.Argument("argument 6", _marked[5]);
        _handler6.Flatten(value.Argument6, flattener);
    }

    public override Arguments<T1, T2, T3, T4, T5, T6> Unflatten(TreeUnflattener unflattener) =>
        new(_handler1.Unflatten(unflattener), _handler2.Unflatten(unflattener), _handler3.Unflatten(unflattener), _handler4.Unflatten(unflattener), _handler5.Unflatten(unflattener), _handler6.Unflatten(unflattener));
}

/// <summary>The arguments of a function of 7.</summary>
public readonly record struct Arguments<T1, T2, T3, T4, T5, T6, T7>(T1 Argument1, T2 Argument2, T3 Argument3, T4 Argument4, T5 Argument5, T6 Argument6, T7 Argument7);

internal sealed class ArgumentsHandler<T1, T2, T3, T4, T5, T6, T7>(ArgumentRoles roles) : TreeHandler<Arguments<T1, T2, T3, T4, T5, T6, T7>>
{
    private readonly TreeHandler<T1> _handler1 = roles.Handler<T1>(0);
    private readonly TreeHandler<T2> _handler2 = roles.Handler<T2>(1);
    private readonly TreeHandler<T3> _handler3 = roles.Handler<T3>(2);
    private readonly TreeHandler<T4> _handler4 = roles.Handler<T4>(3);
    private readonly TreeHandler<T5> _handler5 = roles.Handler<T5>(4);
    private readonly TreeHandler<T6> _handler6 = roles.Handler<T6>(5);
    private readonly TreeHandler<T7> _handler7 = roles.Handler<T7>(6);
    private readonly bool[] _marked = roles.Marked;

    public override void Flatten(Arguments<T1, T2, T3, T4, T5, T6, T7> value, TreeFlattener flattener)
    {
        flattener.Argument("argument 1", _marked[0]);
        _handler1.Flatten(value.Argument1, flattener);
        flattener.Argument("argument 2", _marked[1]);
        _handler2.Flatten(value.Argument2, flattener);
        flattener.Argument("argument 3", _marked[2]);
        _handler3.Flatten(value.Argument3, flattener);
        flattener.Argument("argument 4", _marked[3]);
        _handler4.Flatten(value.Argument4, flattener);
        flattener.Argument("argument 5", _marked[4]);
        _handler5.Flatten(value.Argument5, flattener);
        flattener.Argument("argument 6", _marked[5]);
        _handler6.Flatten(value.Argument6, flattener);
        flattener.Argument("argument 7", _marked[6]);
        _handler7.Flatten(value.Argument7, flattener);
    }

    public override Arguments<T1, T2, T3, T4, T5, T6, T7> Unflatten(TreeUnflattener unflattener) =>
        new(_handler1.Unflatten(unflattener), _handler2.Unflatten(unflattener), _handler3.Unflatten(unflattener), _handler4.Unflatten(unflattener), _handler5.Unflatten(unflattener), _handler6.Unflatten(unflattener), _handler7.Unflatten(unflattener));
}

/// <summary>The arguments of a function of 8.</summary>
public readonly record struct Arguments<T1, T2, T3, T4, T5, T6, T7, T8>(T1 Argument1, T2 Argument2, T3 Argument3, T4 Argument4, T5 Argument5, T6 Argument6, T7 Argument7, T8 Argument8);

internal sealed class ArgumentsHandler<T1, T2, T3, T4, T5, T6, T7, T8>(ArgumentRoles roles) : TreeHandler<Arguments<T1, T2, T3, T4, T5, T6, T7, T8>>
{
    private readonly TreeHandler<T1> _handler1 = roles.Handler<T1>(0);
    private readonly TreeHandler<T2> _handler2 = roles.Handler<T2>(1);
    private readonly TreeHandler<T3> _handler3 = roles.Handler<T3>(2);
    private readonly TreeHandler<T4> _handler4 = roles.Handler<T4>(3);
    private readonly TreeHandler<T5> _handler5 = roles.Handler<T5>(4);
    private readonly TreeHandler<T6> _handler6 = roles.Handler<T6>(5);
    private readonly TreeHandler<T7> _handler7 = roles.Handler<T7>(6);
    private readonly TreeHandler<T8> _handler8 = roles.Handler<T8>(7);
    private readonly bool[] _marked = roles.Marked;

    public override void Flatten(Arguments<T1, T2, T3, T4, T5, T6, T7, T8> value, TreeFlattener flattener)
    {
        flattener.Argument("argument 1", _marked[0]);
        _handler1.Flatten(value.Argument1, flattener);
        flattener.Argument("argument 2", _marked[1]);
        _handler2.Flatten(value.Argument2, flattener);
        flattener.Argument("argument 3", _marked[2]);
        _handler3.Flatten(value.Argument3, flattener);
        flattener.Argument("argument 4", _marked[3]);
        _handler4.Flatten(value.Argument4, flattener);
        flattener.Argument("argument 5", _marked[4]);
        _handler5.Flatten(value.Argument5, flattener);
        flattener.Argument("argument 6", _marked[5]);
        _handler6.Flatten(value.Argument6, flattener);
        flattener.Argument("argument 7", _marked[6]);
        _handler7.Flatten(value.Argument7, flattener);
        flattener.Argument("argument 8", _marked[7]);
        _handler8.Flatten(value.Argument8, flattener);
    }

    public override Arguments<T1, T2, T3, T4, T5, T6, T7, T8> Unflatten(TreeUnflattener unflattener) =>
        new(_handler1.Unflatten(unflattener), _handler2.Unflatten(unflattener), _handler3.Unflatten(unflattener), _handler4.Unflatten(unflattener), _handler5.Unflatten(unflattener), _handler6.Unflatten(unflattener), _handler7.Unflatten(unflattener), _handler8.Unflatten(unflattener));
}
