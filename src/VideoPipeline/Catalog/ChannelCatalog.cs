namespace VideoPipeline.Catalog;

/// <summary>Adds, changes, lists and deletes channels.</summary>
public sealed class ChannelCatalog;
