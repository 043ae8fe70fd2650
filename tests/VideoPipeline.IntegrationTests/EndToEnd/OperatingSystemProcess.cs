using System.Text.RegularExpressions;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>What the operating system knows of processes, from Linux's <c>/proc</c>.</summary>
internal static partial class OperatingSystemProcess
{
    /// <summary>The ffmpeg and ffprobe processes that work on files below this folder. One that has ended has no command line.</summary>
    public static IReadOnlyList<int> MediaProgramsOn(string folder)
    {
        var found = new List<int>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), out var id) && CommandLine(id) is [var program, .. var arguments]
                && Path.GetFileName(program) is "ffmpeg" or "ffprobe" && arguments.Any(argument => argument.StartsWith(folder + "/", StringComparison.Ordinal)))
            {
                found.Add(id);
            }
        }

        return found;
    }

    /// <summary>All processes, whatever they run, that name a file below this folder.</summary>
    public static IReadOnlyList<int> ProgramsOn(string folder) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(process => int.TryParse(Path.GetFileName(process), out var id) ? id : 0)
            .Where(id => id != 0 && CommandLine(id).Skip(1).Any(argument => argument.StartsWith(folder, StringComparison.Ordinal))),
    ];

    /// <summary>The most memory that the process has had in use so far, in MiB.</summary>
    public static double PeakMemory(int id) => long.Parse(Peak().Match(File.ReadAllText($"/proc/{id}/status")).Groups["kib"].Value) / 1024.0;

    private static string[] CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended since the folder was listed.
            return [];
        }
    }

    [GeneratedRegex("VmHWM:\\s+(?<kib>\\d+) kB", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Peak();
}
