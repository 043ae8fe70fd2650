using VideoPipeline.Benchmarks;

var root = Directory.CreateTempSubdirectory("videopipeline-bench-").FullName;
for (var round = 0; round < 4; round++)
{
    Console.WriteLine($"pipeline {await QueueEmbedded.PipelineAsync(int.Parse(args[0]), Path.Combine(root, $"a{round}")):F0}/s");
    if (args.Length == 1) Console.WriteLine($"hangfire {await QueueEmbedded.HangfireSqliteAsync(200, Path.Combine(root, $"b{round}")):F0}/s");
}
