namespace VideoPipeline.Catalog;

/// <summary>Adds and lists videos.</summary>
public sealed class VideoCatalog;
