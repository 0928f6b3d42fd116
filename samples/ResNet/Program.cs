using ResNet;

return Options.Run(args, TrainRun.Run, Console.Out, Console.Error);
