using System.Text.Json;
using Brachy.Optim;

namespace Brachy.IO;

/// <summary>Schedules as JSON: the name of the shape, then its settings, as in <c>["cosine", 0.1, 0, 1000]</c>.</summary>
internal static class ScheduleJson
{
    public static void Write(Utf8JsonWriter writer, Schedule schedule)
    {
        writer.WriteStartArray();
        switch (schedule)
        {
            case ConstantSchedule s:
                Reals(writer, "constant", s.Number);
                break;
            case PolynomialSchedule s:
                Reals(writer, "polynomial", s.Start, s.End, s.Power);
                writer.WriteNumberValue(s.Steps);
                break;
            case CosineSchedule s:
                Reals(writer, "cosine", s.Start, s.Min);
                writer.WriteNumberValue(s.Steps);
                break;
            case CosineRestartsSchedule s:
                Reals(writer, "cosine_restarts", s.Start, s.Min);
                writer.WriteNumberValue(s.Steps);
                writer.WriteNumberValue(s.Factor);
                break;
            case StepSchedule s:
                Reals(writer, "step", s.Start, s.Gamma);
                writer.WriteNumberValue(s.StepSize);
                break;
            case OneCycleSchedule s:
                Reals(writer, "one_cycle", s.First, s.Peak, s.Last, s.PctStart);
                writer.WriteNumberValue(s.TotalSteps);
                writer.WriteStringValue(s.Strategy.ToString());
                writer.WriteBooleanValue(s.ThreePhase);
                break;
            case CyclicSchedule s:
                Reals(writer, "cyclic", s.Base, s.Peak, s.Gamma);
                writer.WriteNumberValue(s.Up);
                writer.WriteNumberValue(s.Down);
                writer.WriteStringValue(s.Mode.ToString());
                break;
            case TableSchedule s:
                Reals(writer, "table", s.Values.AsSpan());
                break;
            case SequenceSchedule s:
                Reals(writer, "sequence");
                Write(writer, s.Before);
                writer.WriteNumberValue(s.Boundary);
                Write(writer, s.After);
                break;
            case ProductSchedule s:
                Reals(writer, "product");
                Write(writer, s.Left);
                Write(writer, s.Right);
                break;
            default:
                throw new NotSupportedException("a schedule by Schedule.Lambda is a function, which no file can hold");
        }

        writer.WriteEndArray();
    }

    public static Schedule Read(JsonElement element)
    {
        JsonParts.RequireStack();
        var items = element.EnumerateArray().ToArray();
        var name = items.Length > 0 ? items[0].GetString() : null;
        double Real(int i) => BuiltInAuxCodecs.ReadReal(items[i]);
        long Whole(int i) => items[i].GetInt64();
        return (name, items.Length) switch
        {
            ("constant", 2) => new ConstantSchedule(Real(1)),
            ("polynomial", 5) => new PolynomialSchedule(Real(1), Real(2), Whole(4), Real(3)),
            ("cosine", 4) => new CosineSchedule(Real(1), Real(2), Whole(3)),
            ("cosine_restarts", 5) => new CosineRestartsSchedule(Real(1), Real(2), Whole(3), Whole(4)),
            ("step", 4) => new StepSchedule(Real(1), Whole(3), Real(2)),
            ("one_cycle", 8) => new OneCycleSchedule(
                Real(1), Real(2), Real(3), Whole(5), Real(4),
                Enum.TryParse<Anneal>(items[6].GetString(), out var anneal) ? anneal : throw BuiltInAuxCodecs.Wrong("schedule"),
                items[7].GetBoolean()),
            ("cyclic", 7) => new CyclicSchedule(
                Real(1), Real(2), Whole(4), Whole(5),
                Enum.TryParse<CyclicMode>(items[6].GetString(), out var mode) ? mode : throw BuiltInAuxCodecs.Wrong("schedule"), Real(3)),
            ("table", > 1) => new TableSchedule([.. Enumerable.Range(1, items.Length - 1).Select(Real)]),
            ("sequence", 4) => new SequenceSchedule(Read(items[1]), Whole(2), Read(items[3])),
            ("product", 3) => new ProductSchedule(Read(items[1]), Read(items[2])),
            _ => throw new FormatException($"'{name}' is no schedule"),
        };
    }

    private static void Reals(Utf8JsonWriter writer, string name, params ReadOnlySpan<double> numbers)
    {
        writer.WriteStringValue(name);
        foreach (var number in numbers)
        {
            BuiltInAuxCodecs.WriteReal(writer, number);
        }
    }
}
