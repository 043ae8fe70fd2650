using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Channels;

/// <summary>Finds the channel that somebody means by its name or its id.</summary>
internal static class ChannelLookup
{
    private const string AllChannels = "api/channels?limit=500";

    /// <exception cref="CommandFailure">There is no such channel.</exception>
    public static async Task<long> IdAsync(ServiceClient service, string nameOrId, CancellationToken cancellationToken) =>
        long.TryParse(nameOrId, out var id) ? id
            : await FindAsync(service, nameOrId, cancellationToken) is { } channel ? channel.Id
            : throw new CommandFailure(ExitCode.NotFound, $"there is no channel '{nameOrId}'.", "See 'videopipeline channels'.");

    /// <returns>Null when none is meant: for lists of all channels.</returns>
    /// <exception cref="CommandFailure">There is no such channel.</exception>
    public static async Task<long?> IdOrAllAsync(ServiceClient service, string? nameOrId, CancellationToken cancellationToken) =>
        nameOrId is null ? null : await IdAsync(service, nameOrId, cancellationToken);

    /// <returns>Null when there is none of this name.</returns>
    public static async Task<ChannelAnswer?> FindAsync(ServiceClient service, string name, CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await service.GetAsync(
                ServiceClient.Path(AllChannels, ("cursor", cursor)), ServiceJson.Default.ListAnswerChannelAnswer, cancellationToken);
            if (page.Items.FirstOrDefault(channel => channel.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found)
            {
                return found;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return null;
    }
}
