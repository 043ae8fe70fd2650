using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using VideoPipeline.Access;
using VideoPipeline.Database;

namespace VideoPipeline.Server;

/// <summary>
/// <c>keys</c>: creates, lists and revokes API keys in the database that the service's own settings name, and ends. May run
/// beside the service, which takes notice at the next request.
/// </summary>
internal static class KeysProgram
{
    public const string Verb = "keys";

    public const string HowTo = "VideoPipeline.Server keys create NAME --role read|operate makes one.";

    private const int WrongUsage = 2;
    private const string Usage = """
        Usage: VideoPipeline.Server keys create NAME --role read|operate [--json]    prints the key, this once
               VideoPipeline.Server keys list [--json]
               VideoPipeline.Server keys revoke NAME|ID [--json]
        Settings may follow: --VideoPipeline:DataDirectory=DIR
        """;

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, CancellationToken cancellationToken = default)
    {
        if (Read(args) is not { } asked)
        {
            await errors.WriteLineAsync(Usage);
            return WrongUsage;
        }

        Actor.Become(Actor.Local);
        try
        {
            var builder = ServiceProgram.CreateBuilder(asked.Settings);
            builder.Logging.ClearProviders();
            builder.Services.AddVideoPipeline(builder.Configuration);
            await using var services = builder.Services.BuildServiceProvider();
            var database = services.GetRequiredService<StandaloneDatabase>();
            await database.PrepareAsync(create: asked.Action == "create", cancellationToken);
            await RunAsync(asked, services.GetRequiredService<ApiKeys>(), database, output, errors, cancellationToken);
            return 0;
        }
        catch (InvalidRequestException exception)
        {
            return await RefuseAsync(exception.Message);
        }
        catch (OptionsValidationException exception)
        {
            return await RefuseAsync(string.Join(' ', exception.Failures));
        }
        catch (RetryLimitExceededException exception)
        {
            return await RefuseAsync($"the database doesn't open: {exception.InnerException?.Message}");
        }
        catch (Exception exception) when (exception is ConflictException or DataFolderInUseException or SchemaOutdatedException or DbException or IOException or UnauthorizedAccessException)
        {
            return await RefuseAsync(exception.Message);
        }

        async Task<int> RefuseAsync(string reason)
        {
            await errors.WriteLineAsync($"Not done: {reason}");
            return 1;
        }
    }

    private static async Task RunAsync(
        Asked asked, ApiKeys keys, StandaloneDatabase database, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        switch (asked.Action)
        {
            case "create":
                var (key, text) = await keys.CreateAsync(asked.Name, asked.Role!.Value, cancellationToken);
                await output.WriteLineAsync(asked.Json ? Json(Shown.Of(key) with { Key = text }) : text);
                await errors.WriteLineAsync(
                    $"This is key {key.PublicId} '{key.Name}' ({LowerCaseEnum<KeyRole>.Name(key.Role)}) of {database.Name}. Keep it: it can't be shown again.");
                break;
            case "revoke":
                var revoked = await keys.RevokeAsync(asked.Name!, cancellationToken);
                await output.WriteLineAsync(asked.Json ? Json(Shown.Of(revoked)) : $"Key {revoked.PublicId} '{revoked.Name}' is revoked.");
                break;
            default:
                var all = (await keys.ListAsync(cancellationToken)).Select(Shown.Of).ToList();
                await output.WriteLineAsync(asked.Json ? Json(all) : Table(all));
                break;
        }
    }

    private static string Json<T>(T shown) => JsonSerializer.Serialize(shown, JsonSerializerOptions.Web);

    private static string Table(List<Shown> keys)
    {
        var width = keys.Select(key => key.Name.Length).Append(4).Max();
        return string.Join('\n', keys
            .Select(key => Line(key.Id, key.Name, LowerCaseEnum<KeyRole>.Name(key.Role), Time(key.CreatedAt), Time(key.LastUsedAt), key.RevokedAt is null ? "valid" : $"revoked {Time(key.RevokedAt)}"))
            .Prepend(Line("ID", "NAME", "ROLE", "CREATED", "LAST USED", "STATUS")));

        string Line(string id, string name, string role, string created, string used, string status) =>
            $"{id,-16}  {name.PadRight(width)}  {role,-7}  {created,-20}  {used,-20}  {status}";

        static string Time(DateTimeOffset? time) => time is { } known ? $"{known:yyyy-MM-dd HH:mm:ss}Z" : "never";
    }

    /// <summary>Null when it can't be understood.</summary>
    private static Asked? Read(string[] args)
    {
        var words = new List<string>();
        var settings = new List<string>();
        string? role = null;
        var json = false;
        for (var at = 0; at < args.Length; at++)
        {
            switch (args[at])
            {
                case "--json":
                    json = true;
                    break;
                case "--role" when at + 1 < args.Length:
                    role = args[++at];
                    break;
                case var option when option.StartsWith("--role=", StringComparison.Ordinal):
                    role = option["--role=".Length..];
                    break;
                case var setting when setting.StartsWith("--", StringComparison.Ordinal) && setting.Contains('='):
                    settings.Add(setting);
                    break;
                case var option when option.StartsWith('-'):
                    return null;
                case var word:
                    words.Add(word);
                    break;
            }
        }

        return words switch
        {
            ["create", var name] when LowerCaseEnum<KeyRole>.TryParse(role, out var known) => new("create", name, known, json, [.. settings]),
            ["revoke", var name] when role is null => new("revoke", name, Role: null, json, [.. settings]),
            ["list"] when role is null => new("list", Name: null, Role: null, json, [.. settings]),
            _ => null,
        };
    }

    private sealed record Asked(string Action, string? Name, KeyRole? Role, bool Json, string[] Settings);

    /// <param name="Key">The key itself, when it was just created.</param>
    private sealed record Shown(
        string Id, string Name, KeyRole Role, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, string? Key = null)
    {
        public static Shown Of(ApiKey key) => new(key.PublicId, key.Name, key.Role, key.CreatedAt, key.LastUsedAt, key.RevokedAt);
    }
}
