namespace VideoPipeline.Catalog;

/// <summary>Adds, changes, lists and deletes channels.</summary>
public sealed class ChannelCatalog
{
    /// <summary>A channel was added, changed or deleted.</summary>
    public event Action<Channel>? Changed;

    internal void RaiseChanged(Channel channel) => Changed?.Invoke(channel);
}
