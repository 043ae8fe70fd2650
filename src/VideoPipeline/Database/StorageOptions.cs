using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Database;

/// <summary>Settings <c>VideoPipeline:Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>Which database keeps the rows.</summary>
    [EnumDataType(typeof(StorageMode))]
    public StorageMode Mode { get; set; } = StorageMode.Sqlite;
}

public enum StorageMode
{
    /// <summary>A SQLite file in the data folder, for one process.</summary>
    Sqlite,
}
