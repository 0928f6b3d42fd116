using Quickstart;

return Options.Run(args, QuickstartRun.Run);
