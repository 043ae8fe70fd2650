using System.Globalization;
using VideoPipeline.Server;

// The same on every machine, whatever its language: the system's cultures are loaded for SQL Server's client alone.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;

return await ProgramVerb.RunAsync(args, Console.Out, Console.Error) ?? await ServiceProgram.RunAsync(args);
