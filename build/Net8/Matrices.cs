namespace System.Numerics;

/// <summary>The rows of matrices, which came with .NET 10.</summary>
internal static class Matrices
{
    extension(Matrix3x2 matrix)
    {
        public Vector2 X => new(matrix.M11, matrix.M12);

        public Vector2 Y => new(matrix.M21, matrix.M22);

        public Vector2 Z => new(matrix.M31, matrix.M32);
    }

    extension(Matrix4x4 matrix)
    {
        public Vector4 X => new(matrix.M11, matrix.M12, matrix.M13, matrix.M14);

        public Vector4 Y => new(matrix.M21, matrix.M22, matrix.M23, matrix.M24);

        public Vector4 Z => new(matrix.M31, matrix.M32, matrix.M33, matrix.M34);

        public Vector4 W => new(matrix.M41, matrix.M42, matrix.M43, matrix.M44);
    }
}
