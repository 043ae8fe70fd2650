using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace VideoPipeline.Database;

/// <summary>The database for a program that runs beside the service, or before its first start.</summary>
public sealed class StandaloneDatabase(PipelineFolders folders, IDbContextFactory<PipelineDbContext> contexts, IOptions<StorageOptions> options)
{
    /// <summary>Which one it is, for people.</summary>
    public string Name => options.Value.IsShared ? $"the {options.Value.Mode} database" : folders.DatabaseFile;

    /// <summary>
    /// Makes sure that the tables are there. The data folder is left to the service, unless tables are missing and the
    /// database is in it: then it is taken for as long as this process lives.
    /// </summary>
    /// <param name="create">Whether a database that isn't there shall be made.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="DataFolderInUseException">Tables are missing, and the service that uses the folder hasn't made them: it is of another version.</exception>
    /// <exception cref="SchemaOutdatedException">Tables are missing, and the settings leave them to a database administrator.</exception>
    public async Task PrepareAsync(bool create, CancellationToken cancellationToken)
    {
        if (!options.Value.IsShared && !File.Exists(folders.DatabaseFile))
        {
            if (!create)
            {
                throw new FileNotFoundException($"there is no database {folders.DatabaseFile}. Set VideoPipeline__DataDirectory to the service's data folder.");
            }

            Directory.CreateDirectory(folders.Data);
        }

        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToList() is not { Count: > 0 } missing)
        {
            return;
        }

        if (!options.Value.Migrate)
        {
            throw new SchemaOutdatedException(missing);
        }

        if (!options.Value.IsShared)
        {
            folders.Own();
        }

        await db.MigrateAsync(cancellationToken);
    }
}
