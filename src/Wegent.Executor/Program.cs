return await Wegent.Executor.ExecutorProgram.RunAsync(args).ConfigureAwait(false);
