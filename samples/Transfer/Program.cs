using Transfer;

return Options.Run(args, TrainRun.Run, PredictRun.Run, Console.Out, Console.Error);
