using System.Runtime.CompilerServices;
using Brachy;
using Brachy.Compilation;
using Brachy.Extending;

// What lies in Brachy.Inference because models run without libtorch, too.
[assembly: TypeForwardedTo(typeof(Atom))]
[assembly: TypeForwardedTo(typeof(DType))]
[assembly: TypeForwardedTo(typeof(DTypeException))]
[assembly: TypeForwardedTo(typeof(DTypes))]
[assembly: TypeForwardedTo(typeof(Device))]
[assembly: TypeForwardedTo(typeof(DeviceKind))]
[assembly: TypeForwardedTo(typeof(Literal))]
[assembly: TypeForwardedTo(typeof(NativeOpException))]
[assembly: TypeForwardedTo(typeof(NoSettings))]
[assembly: TypeForwardedTo(typeof(Promotion))]
[assembly: TypeForwardedTo(typeof(Scalar))]
[assembly: TypeForwardedTo(typeof(ScalarKind))]
[assembly: TypeForwardedTo(typeof(Settings))]
[assembly: TypeForwardedTo(typeof(Shape))]
[assembly: TypeForwardedTo(typeof(ShapeException))]
[assembly: TypeForwardedTo(typeof(TensorType))]
[assembly: TypeForwardedTo(typeof(Var))]
