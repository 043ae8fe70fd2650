using System.Globalization;
using Hangfire.PostgreSql;

namespace VideoPipeline.Dispatch.Storage;

/// <summary>The scripts that make Hangfire's tables in PostgreSQL, one a version, which its assembly carries.</summary>
internal static class PostgreSqlHangfireScripts
{
    private const string Prefix = "Hangfire.PostgreSql.Scripts.Install.v";
    private const string Suffix = ".sql";

    public static IReadOnlyList<int> Versions { get; } =
    [
        .. typeof(PostgreSqlStorage).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            .Select(name => int.Parse(name[Prefix.Length..^Suffix.Length], CultureInfo.InvariantCulture))
            .Order(),
    ];

    /// <summary>What leads to this version from the one before. It fails when it is run again.</summary>
    public static string Read(int version)
    {
        using var script = new StreamReader(typeof(PostgreSqlStorage).Assembly.GetManifestResourceStream($"{Prefix}{version}{Suffix}")!);
        return script.ReadToEnd();
    }
}
