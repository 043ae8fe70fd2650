using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Channels;

/// <summary>Finds the channel that somebody means by its name or its id.</summary>
internal static class ChannelLookup
{
    private const string AllChannels = "api/channels?limit=500";

    /// <summary>A name wins over an id: a channel may be called 2024.</summary>
    /// <exception cref="CommandFailure">There is no such channel.</exception>
    public static async Task<long> IdAsync(ServiceClient service, string nameOrId, CancellationToken cancellationToken) =>
        await FindAsync(service, nameOrId, cancellationToken) is { } channel ? channel.Id
            : long.TryParse(nameOrId, out var id) ? id
            : throw new CommandFailure(ExitCode.NotFound, $"there is no channel '{nameOrId}'.", "See 'videopipeline channels'.");

    /// <returns>Null when none is meant: for lists of all channels.</returns>
    /// <exception cref="CommandFailure">There is no such channel.</exception>
    public static async Task<long?> IdOrAllAsync(ServiceClient service, string? nameOrId, CancellationToken cancellationToken) =>
        nameOrId is null ? null : await IdAsync(service, nameOrId, cancellationToken);

    /// <summary>The channel of exactly this name, else the only one whose name differs in upper and lower case alone.</summary>
    /// <returns>Null when there is none.</returns>
    public static async Task<ChannelAnswer?> FindAsync(ServiceClient service, string name, CancellationToken cancellationToken)
    {
        var similar = new List<ChannelAnswer>();
        string? cursor = null;
        do
        {
            var page = await service.GetAsync(
                ServiceClient.Path(AllChannels, ("cursor", cursor)), ServiceJson.Default.ListAnswerChannelAnswer, cancellationToken);
            if (page.Items.FirstOrDefault(channel => channel.Name == name) is { } found)
            {
                return found;
            }

            similar.AddRange(page.Items.Where(channel => channel.Name.Equals(name, StringComparison.OrdinalIgnoreCase)));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return similar is [var only] ? only : null;
    }
}
