using System.Buffers.Binary;
using TorchSharp;

namespace Brachy.IO;

/// <summary>Reads the elements of tensors into memory.</summary>
/// <param name="reader">The model's file.</param>
/// <param name="folder">Where other files with elements are looked for; null for a model that is no file.</param>
internal sealed class OnnxLoader(WireReader reader, OnnxDataFile? folder)
{
    // By everything that tells two tensors of a data file apart: what is the same is one weight.
    private readonly Dictionary<(string Path, long Offset, TensorType Type), Tensor> _external = [];
    private readonly Dictionary<string, long> _taken = new(StringComparer.Ordinal);

    /// <summary>All tensors, or none.</summary>
    /// <exception cref="CheckpointException">One has an element type that Brachy does not have, or cannot be read.</exception>
    public OrderedDictionary<string, Tensor> Load(IReadOnlyList<OnnxTensor> tensors)
    {
        if (tensors.FirstOrDefault(t => t.Type is null) is { } unknown)
        {
            throw reader.File.Refused(
                $"has elements of type {unknown.ElementName} in '{unknown.Name}', which Brachy does not have",
                $"Leave it out by the filter of names, or convert it to one of {string.Join(", ", OnnxElement.Known)}.");
        }

        var loaded = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            foreach (var tensor in tensors)
            {
                loaded.Add(tensor.Name, Load(tensor));
            }
        }
        catch
        {
            foreach (var tensor in loaded.Values)
            {
                tensor.Dispose();
            }

            throw;
        }

        return loaded;
    }

    private Tensor Load(OnnxTensor tensor)
    {
        try
        {
            var type = tensor.Type!;
            switch (tensor.Source)
            {
                case OnnxRaw raw:
                    return TensorMemory.Read(reader.File, raw.Bytes.Start, type);
                case OnnxExternal external:
                    return LoadExternal(external, type);
                default:
                    using (torch.NewDisposeScope())
                    {
                        var numbers = new NumberSource(reader, (OnnxField)tensor.Source!, tensor.Element);
                        var memory = TensorMemory.ReadMemory(reader.File, numbers.Fill, type.Shape.Sizes, type.DType);
                        numbers.RequireEnd();
                        return new Tensor(type, new Buffer(memory, type.ByteSize, isShared: false));
                    }
            }
        }
        catch (WireException error)
        {
            var problem = $"the tensor '{tensor.Name}' {error.Message}";
            throw tensor.Source is OnnxExternal
                ? reader.File.Refused(problem, "The files of a model belong together in one folder, and none outside of it is read.")
                : reader.File.Damaged(problem);
        }
    }

    private Tensor LoadExternal(OnnxExternal external, TensorType type)
    {
        if (folder is null)
        {
            throw new WireException(
                $"has its elements in '{external.Location}', which a stream does not lead to; read the file by its path");
        }

        var path = folder.Find(external.Location);
        if (_external.TryGetValue((path, external.Offset, type), out var same))
        {
            return same;
        }

        CheckpointFile data;
        try
        {
            data = CheckpointFile.Open(path);
        }
        catch (FileNotFoundException)
        {
            throw new WireException($"has its elements in '{external.Location}', which is not there");
        }
        catch (CheckpointException error)
        {
            throw new WireException($"has its elements in '{external.Location}', which {error.Problem}");
        }

        using (data)
        {
            if (external.Offset > data.Length - type.ByteSize)
            {
                throw new WireException(
                    $"takes {type.ByteSize} bytes from byte {external.Offset} of '{external.Location}', which has {data.Length}");
            }

            // Many tensors of the same bytes would need memory that no file answers for.
            var taken = _taken[path] = _taken.GetValueOrDefault(path) + type.ByteSize;
            if (taken > data.Length)
            {
                throw new WireException(
                    $"shares bytes of '{external.Location}' with tensors of other types: together they take more than its {data.Length}");
            }

            var tensor = TensorMemory.Read(data, external.Offset, type);
            _external.Add((path, external.Offset, type), tensor);
            return tensor;
        }
    }

    /// <summary>Elements of a field of numbers, each checked to be one of the type.</summary>
    private sealed class NumberSource(WireReader reader, OnnxField field, OnnxElement element)
    {
        private readonly OnnxNumbers _numbers = new(reader, field);
        private readonly DType _dtype = element.DType!.Value;
        private readonly int _size = element.DType!.Value.ItemSize();

        public void Fill(Span<byte> bytes)
        {
            for (; bytes.Length > 0; bytes = bytes[_size..])
            {
                if (!_numbers.TryNext(out var bits) && !field.IsSingle)
                {
                    throw new WireException("has fewer elements than its sizes say");
                }

                Put(bytes, bits);
            }
        }

        public void RequireEnd()
        {
            if (_numbers.TryNext(out _))
            {
                throw new WireException("has more elements than its sizes say");
            }
        }

        private void Put(Span<byte> bytes, ulong bits)
        {
            switch (_size)
            {
                case 8:
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes, bits);
                    break;
                case 4:
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)bits);
                    break;
                case 2:
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)Within(bits));
                    break;
                default:
                    bytes[0] = _dtype == DType.Bool ? (byte)(bits == 0 ? 0 : 1) : (byte)Within(bits);
                    break;
            }
        }

        /// <summary>Small types are written as int32; half precision as its bits.</summary>
        private int Within(ulong bits)
        {
            var number = (int)bits;
            var isWithin = _dtype switch
            {
                DType.UInt8 => number is >= byte.MinValue and <= byte.MaxValue,
                DType.Int8 => number is >= sbyte.MinValue and <= sbyte.MaxValue,
                DType.Int16 => number is >= short.MinValue and <= short.MaxValue,
                _ => number is >= ushort.MinValue and <= ushort.MaxValue,
            };
            return isWithin ? number : throw new WireException($"has the number {number} among its {element.Name}");
        }
    }
}
