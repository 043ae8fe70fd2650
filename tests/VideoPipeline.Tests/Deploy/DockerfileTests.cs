using System.Text.RegularExpressions;

namespace VideoPipeline.Tests.Deploy;

/// <summary>No container engine runs where the tests do: what the Dockerfile says is compared with what there is.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string[] Instructions = Read("deploy/Dockerfile");

    [Test]
    public void Everything_that_it_copies_is_there_and_reaches_the_builder()
    {
        var copied = Instructions.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1]).ToList();
        var let = Read(".dockerignore").Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(copied, Is.Not.Empty);
            Assert.That(copied.Where(path => !Path.Exists(Path.Combine(RepositoryFolder.Path, path))), Is.Empty);
            Assert.That(copied.Select(path => path.TrimEnd('/')), Is.EquivalentTo(let));
        }
    }

    /// <summary>Else a build without containers and one with them differ in what the compiler was told.</summary>
    [Test]
    public void It_copies_every_file_that_the_build_reads_from_the_top_folder()
    {
        string[] read = ["global.json", "Directory.Build.props", "Directory.Packages.props", "BannedSymbols.txt", ".editorconfig", "appsettings.json"];

        var copy = Instructions.First(line => line.StartsWith("COPY global.json", StringComparison.Ordinal)).Split(' ');

        Assert.That(copy[1..^1], Is.EquivalentTo(read));
        Assert.That(
            Directory.EnumerateFiles(RepositoryFolder.Path).Select(Path.GetFileName).Where(name => name!.StartsWith("Directory.", StringComparison.Ordinal) || name == "nuget.config"),
            Is.SubsetOf(read));
    }

    [Test]
    public void It_installs_packages_through_the_script_that_the_tests_run_and_by_nothing_else()
    {
        var run = Instructions.Where(line => line.StartsWith("RUN ", StringComparison.Ordinal)).ToList();
        var installed = run.Select(line => Installed().Match(line)).Where(match => match.Success).SelectMany(match => match.Groups["tools"].Value.Split(' ')).ToList();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(installed, Is.EquivalentTo(new[] { "ffmpeg", "icu", "python-venv" }));
            Assert.That(run, Has.None.Match("apt-get|apk |curl |wget "));
        }
    }

    /// <summary>The distribution's is too old for the sites that matter, and a build anew has to bring a newer one.</summary>
    [Test]
    public void Its_yt_dlp_is_the_newest_that_there_is()
    {
        var run = Instructions.Single(line => line.Contains(" pip install ", StringComparison.Ordinal));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run, Does.StartWith("RUN python3 -m venv /opt/yt-dlp && /opt/yt-dlp/bin/python -m pip install ").And.EndsWith("\"yt-dlp[default]${YTDLP_VERSION:+==$YTDLP_VERSION}\""));
            Assert.That(Instructions, Does.Contain("ARG YTDLP_VERSION="));
            Assert.That(Instructions, Has.Some.Contains("VideoPipeline__YtDlp__Path=/opt/yt-dlp/bin/yt-dlp"));
        }
    }

    [Test]
    public void It_runs_without_rights_and_has_a_health_check()
    {
        var last = Instructions.SkipWhile(line => !line.StartsWith("FROM mcr.microsoft.com/dotnet/aspnet", StringComparison.Ordinal)).ToList();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(last.FindLast(line => line.StartsWith("USER ", StringComparison.Ordinal)), Is.EqualTo("USER $APP_UID"));
            Assert.That(last.Find(line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal)), Does.EndWith("""CMD ["dotnet", "/app/VideoPipeline.Server.dll", "health"]"""));
        }
    }

    /// <summary>The file's instructions, each in one line, without comments.</summary>
    private static string[] Read(string file) =>
        [.. File.ReadAllText(Path.Combine(RepositoryFolder.Path, file)).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .Where(line => line.Length > 0 && !line.StartsWith('#')).Select(line => Spaces().Replace(line, " "))];

    [GeneratedRegex("install-tools.sh (?<tools>[a-z-]+( [a-z-]+)*)( &&|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Installed();

    [GeneratedRegex(" +", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
