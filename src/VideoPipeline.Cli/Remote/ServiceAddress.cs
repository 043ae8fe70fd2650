using System.Net;

namespace VideoPipeline.Cli.Remote;

/// <summary>Where the service is, and with which key it is spoken to.</summary>
/// <param name="Key">Null for none. A secret.</param>
internal sealed record ServiceAddress(Uri Url, string? Key)
{
    public const string Default = "http://127.0.0.1:5080";
    public const string UrlVariable = "VIDEOPIPELINE_URL";
    public const string KeyVariable = "VIDEOPIPELINE_API_KEY";

    /// <exception cref="CommandFailure">The URL or the key is none.</exception>
    public static ServiceAddress Of(RemoteSettings settings, Func<string, string?> environment, TextReader input, Terminal terminal)
    {
        var url = UrlOf(settings.Url ?? NotEmpty(environment(UrlVariable)) ?? Default);
        var key = KeyOf(settings, environment, input);
        if (settings.Key is not null)
        {
            terminal.Note($"videopipeline: --key can be seen in the list of processes; better set {KeyVariable}, or use --key-file.");
        }

        if (key is not null && url.Scheme == Uri.UriSchemeHttp && !IsThisMachine(url))
        {
            terminal.Note($"videopipeline: the key is sent to {url.Host} without encryption; use https.");
        }

        return new(url, key);
    }

    private static Uri UrlOf(string given) =>
        Uri.TryCreate(given.TrimEnd('/') + "/", UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0
            ? url
            : throw new CommandFailure(ExitCode.WrongUsage, $"--url or {UrlVariable}: '{given}' is no address of a service. Allowed: http://HOST:PORT, https://HOST:PORT.");

    private static string? KeyOf(RemoteSettings settings, Func<string, string?> environment, TextReader input)
    {
        var (key, from) = settings switch
        {
            { Key: { } given } => (given, "--key"),
            { KeyFile: "-" } => (input.ReadLine() ?? string.Empty, "--key-file -"),
            { KeyFile: { } file } => (Read(file), $"--key-file {file}"),
            _ => (NotEmpty(environment(KeyVariable)), KeyVariable),
        };
        key = key?.Trim();
        return key is null || (key.Length > 0 && key.All(character => character is > ' ' and < '\x7f'))
            ? key
            : throw new CommandFailure(ExitCode.WrongUsage, $"{from}: a key is expected, in one line.");
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.WrongUsage, $"--key-file: {exception.Message}", inner: exception);
        }
    }

    private static bool IsThisMachine(Uri url) => url.IsLoopback || (IPAddress.TryParse(url.Host, out var address) && IPAddress.IsLoopback(address));

    private static string? NotEmpty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
