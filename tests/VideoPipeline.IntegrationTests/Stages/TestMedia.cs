using System.Diagnostics;

namespace VideoPipeline.IntegrationTests.Stages;

/// <summary>Real video files, and ffmpeg for making others and for judging results.</summary>
internal static class TestMedia
{
    private const string Variable = "VIDEOPIPELINE_TEST_MEDIA";

    /// <summary>The path of one of the files that <c>deploy/sample-videos.sh</c> fetches.</summary>
    public static string Sample(string name)
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(folder))
        {
            throw new InvalidOperationException($"{Variable} is not set. Run: bash deploy/sample-videos.sh DIR, and set {Variable} to DIR.");
        }

        var path = Path.Combine(folder, name);
        return File.Exists(path)
            ? path
            : throw new InvalidOperationException($"{path} is missing. Run: bash deploy/sample-videos.sh {folder}");
    }

    /// <summary>Makes a file with ffmpeg's own sources and these arguments; <c>{out}</c> is not needed, the path goes last.</summary>
    public static async Task<string> MakeAsync(string folder, string name, string arguments)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name);
        var (exitCode, _, errors) = await RunAsync("ffmpeg", $"-v error -nostdin -y {arguments} \"{path}\"");
        Assert.That(exitCode, Is.Zero, errors);
        return path;
    }

    /// <summary>Decodes all of it; ffmpeg says nothing about a file that is whole.</summary>
    public static async Task AssertPlayableAsync(string path)
    {
        var (exitCode, _, errors) = await RunAsync("ffmpeg", $"-v error -nostdin -i \"{path}\" -f null -");
        Assert.That((exitCode, errors), Is.EqualTo((0, "")));
    }

    public static async Task<double> DurationAsync(string path)
    {
        var (_, output, _) = await RunAsync("ffprobe", $"-v error -show_entries format=duration -of csv=p=0 \"{path}\"");
        return double.Parse(output);
    }

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, (await output).Trim(), (await errors).Trim());
    }
}
