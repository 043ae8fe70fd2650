using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Database;

/// <summary>Settings <c>VideoPipeline:Storage</c>.</summary>
public sealed class StorageOptions : IValidatableObject
{
    /// <summary>Which database keeps the rows.</summary>
    [EnumDataType(typeof(StorageMode))]
    public StorageMode Mode { get; set; } = StorageMode.Sqlite;

    /// <summary>How a database server is reached. Nothing for <see cref="StorageMode.Sqlite"/>, whose file is in the data folder.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Where Hangfire keeps its background jobs.</summary>
    [EnumDataType(typeof(DispatcherKind))]
    public DispatcherKind Dispatcher { get; set; } = DispatcherKind.Auto;

    /// <summary>
    /// Whether a node that starts creates or upgrades the tables. False: it only checks them, and refuses to start when
    /// something is missing.
    /// </summary>
    public bool Migrate { get; set; } = true;

    /// <summary>Whether other nodes may work on the same rows.</summary>
    public bool IsShared => Mode != StorageMode.Sqlite;

    /// <summary>Whether the nodes share Hangfire's background jobs, too.</summary>
    public bool IsDispatchShared => IsShared && Dispatcher == DispatcherKind.Auto;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsShared && string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return new ValidationResult($"must say how the database of mode {Mode} is reached, but is empty.", [nameof(ConnectionString)]);
        }
        else if (IsShared && !CanParse(ConnectionString!))
        {
            // Without what was written: there is a password in it.
            yield return new ValidationResult($"must be a connection string for mode {Mode}, but can't be read as one.", [nameof(ConnectionString)]);
        }
    }

    private bool CanParse(string connectionString)
    {
        try
        {
            _ = Mode == StorageMode.PostgreSql ? PostgreSqlDatabase.ConnectionString(connectionString) : SqlServerDatabase.ConnectionString(connectionString);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            return false;
        }
    }
}

public enum StorageMode
{
    /// <summary>A SQLite file in the data folder, for one process.</summary>
    Sqlite,

    /// <summary>PostgreSQL 12 or newer, for many nodes.</summary>
    PostgreSql,

    /// <summary>SQL Server 2016 or newer, or Azure SQL, for many nodes.</summary>
    SqlServer,
}

public enum DispatcherKind
{
    /// <summary>In the process's memory for <see cref="StorageMode.Sqlite"/>, in the database otherwise.</summary>
    Auto,

    /// <summary>In the process's memory, whatever keeps the rows: one node, and no Hangfire tables.</summary>
    InMemory,
}
