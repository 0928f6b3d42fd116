using Sequence;

return Options.Run(args, TrainRun.Run, ForecastRun.Run, Console.Out, Console.Error);
