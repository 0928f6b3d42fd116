using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>Steps of optimizers over all parameters at once.</summary>
internal static unsafe class UpdateKernels
{
    public static bool Adam(VectorArgs x, ForeachAdamSettings settings) => x.OfType(x.Output().DType, settings, Adam<float>, Adam<double>);

    public static bool Sgd(VectorArgs x, ForeachSgdSettings settings) => x.OfType(x.Output().DType, settings, Sgd<float>, Sgd<double>);

    public static bool Adagrad(VectorArgs x, ForeachAdagradSettings settings) =>
        x.OfType(x.Output().DType, settings, Adagrad<float>, Adagrad<double>);

    private static bool Adam<T>(VectorArgs x, ForeachAdamSettings settings)
        where T : unmanaged
    {
        if (UpdateLists.Of(x, (int)settings.N, settings.AmsGrad ? 5 : 4) is not { } lists)
        {
            return false;
        }

        var isDecoupled = x.Op == "multi_adamw";
        x.Add(memory =>
        {
            var (lr, beta1, beta2) = (lists.Number(memory, 0), lists.Number(memory, 1), lists.Number(memory, 2));
            var (decay, step) = (lists.Number(memory, 3), lists.Number(memory, 4));
            var update = new AdamUpdate<T>
            {
                Sign = VectorMath.Number<T>(settings.Maximize ? -1 : 1),
                Decay = VectorMath.Number<T>(isDecoupled ? 0 : decay),
                Kept = VectorMath.Number<T>(isDecoupled ? 1 - (lr * decay) : 1),
                Beta1 = VectorMath.Number<T>(beta1),
                Rest1 = VectorMath.Number<T>(1 - beta1),
                Beta2 = VectorMath.Number<T>(beta2),
                Rest2 = VectorMath.Number<T>(1 - beta2),
                Root = VectorMath.Number<T>(1 / Math.Sqrt(1 - Math.Pow(beta2, step))),
                Eps = VectorMath.Number<T>(settings.Eps),
                Rate = VectorMath.Number<T>(-lr / (1 - Math.Pow(beta1, step))),
            };
            if (settings.AmsGrad)
            {
                lists.Run<T, AmsGradUpdate<T>>(memory, new() { Adam = update });
            }
            else
            {
                lists.Run<T, AdamUpdate<T>>(memory, update);
            }
        });
        return true;
    }

    private static bool Sgd<T>(VectorArgs x, ForeachSgdSettings settings)
        where T : unmanaged
    {
        if (UpdateLists.Of(x, (int)settings.N, settings.HasMomentum ? 3 : 2) is not { } lists)
        {
            return false;
        }

        x.Add(memory =>
        {
            var (momentum, dampening) = (lists.Number(memory, 2), lists.Number(memory, 3));
            var isFirst = lists.Number(memory, 4) == 1;
            var update = new SgdUpdate<T>
            {
                Sign = VectorMath.Number<T>(settings.Maximize ? -1 : 1),
                Decay = VectorMath.Number<T>(lists.Number(memory, 1)),
                Rate = VectorMath.Number<T>(-lists.Number(memory, 0)),
                Momentum = VectorMath.Number<T>(momentum),
                Rest = VectorMath.Number<T>(1 - dampening),
                IsFirst = isFirst,
                IsNesterov = settings.Nesterov,
            };
            if (settings.HasMomentum)
            {
                lists.Run<T, MomentumUpdate<T>>(memory, new() { Sgd = update });
            }
            else
            {
                lists.Run<T, SgdUpdate<T>>(memory, update);
            }
        });
        return true;
    }

    private static bool Adagrad<T>(VectorArgs x, ForeachAdagradSettings settings)
        where T : unmanaged
    {
        if (UpdateLists.Of(x, (int)settings.N, 3) is not { } lists)
        {
            return false;
        }

        x.Add(memory =>
        {
            var (lr, decline, step) = (lists.Number(memory, 0), lists.Number(memory, 1), lists.Number(memory, 4));
            lists.Run<T, AdagradUpdate<T>>(memory, new()
            {
                Sign = VectorMath.Number<T>(settings.Maximize ? -1 : 1),
                Decay = VectorMath.Number<T>(lists.Number(memory, 2)),
                Eps = VectorMath.Number<T>(lists.Number(memory, 3)),
                Rate = VectorMath.Number<T>(-lr / (1 + ((step - 1) * decline))),
            });
        });
        return true;
    }

    private struct AdamUpdate<T> : IUpdate<T>
        where T : unmanaged
    {
        public Vector512<T> Sign, Decay, Kept, Beta1, Rest1, Beta2, Rest2, Root, Eps, Rate;

        public static int States => 2;

        public readonly void Of(ref Vector512<T> p, Vector512<T> g, ref Vector512<T> m, ref Vector512<T> v, ref Vector512<T> largest)
        {
            Move(p, g, ref m, ref v);
            p = Moved(p, m, v);
        }

        public readonly void Move(Vector512<T> p, Vector512<T> g, ref Vector512<T> m, ref Vector512<T> v)
        {
            g = PairMath.MultiplyAdd(p, Decay, g * Sign);
            m = PairMath.MultiplyAdd(g, Rest1, m * Beta1);
            v = PairMath.MultiplyAdd(g * g, Rest2, v * Beta2);
        }

        public readonly Vector512<T> Moved(Vector512<T> p, Vector512<T> m, Vector512<T> v) =>
            PairMath.MultiplyAdd(m / PairMath.MultiplyAdd(Vector512.Sqrt(v), Root, Eps), Rate, p * Kept);
    }

    private struct AmsGradUpdate<T> : IUpdate<T>
        where T : unmanaged
    {
        public AdamUpdate<T> Adam;

        public static int States => 3;

        public readonly void Of(ref Vector512<T> p, Vector512<T> g, ref Vector512<T> m, ref Vector512<T> v, ref Vector512<T> largest)
        {
            Adam.Move(p, g, ref m, ref v);
            largest = Vector512.Max(largest, v);
            p = Adam.Moved(p, m, largest);
        }
    }

    private struct SgdUpdate<T> : IUpdate<T>
        where T : unmanaged
    {
        public Vector512<T> Sign, Decay, Rate, Momentum, Rest;
        public bool IsFirst, IsNesterov;

        public static int States => 0;

        public readonly void Of(ref Vector512<T> p, Vector512<T> g, ref Vector512<T> a, ref Vector512<T> b, ref Vector512<T> c) =>
            p = PairMath.MultiplyAdd(PairMath.MultiplyAdd(p, Decay, g * Sign), Rate, p);
    }

    private struct MomentumUpdate<T> : IUpdate<T>
        where T : unmanaged
    {
        public SgdUpdate<T> Sgd;

        public static int States => 1;

        public readonly void Of(ref Vector512<T> p, Vector512<T> g, ref Vector512<T> momentum, ref Vector512<T> b, ref Vector512<T> c)
        {
            g = PairMath.MultiplyAdd(p, Sgd.Decay, g * Sgd.Sign);
            momentum = Sgd.IsFirst ? g : PairMath.MultiplyAdd(g, Sgd.Rest, momentum * Sgd.Momentum);
            p = PairMath.MultiplyAdd(Sgd.IsNesterov ? PairMath.MultiplyAdd(momentum, Sgd.Momentum, g) : momentum, Sgd.Rate, p);
        }
    }

    private struct AdagradUpdate<T> : IUpdate<T>
        where T : unmanaged
    {
        public Vector512<T> Sign, Decay, Eps, Rate;

        public static int States => 1;

        public readonly void Of(ref Vector512<T> p, Vector512<T> g, ref Vector512<T> sum, ref Vector512<T> b, ref Vector512<T> c)
        {
            g = PairMath.MultiplyAdd(p, Decay, g * Sign);
            sum = PairMath.MultiplyAdd(g, g, sum);
            p = PairMath.MultiplyAdd(g / (Vector512.Sqrt(sum) + Eps), Rate, p);
        }
    }
}
