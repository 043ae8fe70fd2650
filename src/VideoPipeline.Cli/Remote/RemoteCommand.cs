using System.Text.Json.Serialization.Metadata;
using Spectre.Console.Cli;

namespace VideoPipeline.Cli.Remote;

/// <summary>A command that talks to a running service.</summary>
internal abstract class RemoteCommand<TSettings>(Terminal terminal) : AsyncCommand<TSettings>
    where TSettings : RemoteSettings
{
    protected Terminal Terminal => terminal;

    public sealed override async Task<int> ExecuteAsync(CommandContext context, TSettings settings, CancellationToken cancellationToken)
    {
        using var service = new ServiceClient(ServiceAddress.Of(settings, Environment.GetEnvironmentVariable, Console.In, terminal), terminal);
        return await RunAsync(service, settings, cancellationToken);
    }

    /// <returns>The exit code.</returns>
    protected abstract Task<int> RunAsync(ServiceClient service, TSettings settings, CancellationToken cancellationToken);

    /// <summary>Shows an answer: to programs as it came, to people as it is drawn.</summary>
    protected int Show<T>(ServiceClient service, TSettings settings, string answer, JsonTypeInfo<T> type, Action<T> draw)
    {
        if (settings.Json)
        {
            terminal.WriteRaw(answer);
        }
        else
        {
            draw(service.Read(answer, type));
        }

        return ExitCode.Ok;
    }

    /// <summary>Shows a part of a list, or all of it.</summary>
    protected async Task<int> ShowListAsync<T>(
        ServiceClient service,
        ListSettings settings,
        string path,
        JsonTypeInfo<ListAnswer<T>> type,
        Action<IReadOnlyList<T>> draw,
        CancellationToken cancellationToken)
    {
        path = settings.PageOf(path);
        if (settings.Json && settings.All)
        {
            var all = await AllAsync(service, path, ServiceJson.Default.ListAnswerJsonElement, cancellationToken);

            // Each item as it came.
            terminal.WriteRaw($$"""{"items":[{{string.Join(',', all.Select(item => item.GetRawText()))}}],"nextCursor":null}""");
        }
        else if (settings.Json)
        {
            terminal.WriteRaw(await service.GetAsync(path, cancellationToken));
        }
        else if (settings.All)
        {
            draw(await AllAsync(service, path, type, cancellationToken));
        }
        else
        {
            var page = await service.GetAsync(path, type, cancellationToken);
            draw(page.Items);
            if (page.NextCursor is { } cursor)
            {
                terminal.Note($"There are more: --cursor {cursor}, or --all.");
            }
        }

        return ExitCode.Ok;
    }

    /// <summary>All items of a list, over all its parts.</summary>
    protected async Task<List<T>> AllAsync<T>(ServiceClient service, string path, JsonTypeInfo<ListAnswer<T>> type, CancellationToken cancellationToken)
    {
        return await terminal.WaitAsync(CollectAsync, "Reading the list ...");

        async Task<List<T>> CollectAsync()
        {
            var items = new List<T>();
            string? cursor = null;
            do
            {
                var page = await service.GetAsync(cursor is null ? path : ServiceClient.Path(path, ("cursor", cursor)), type, cancellationToken);
                items.AddRange(page.Items);
                cursor = page.NextCursor;
            }
            while (cursor is not null);

            return items;
        }
    }
}
