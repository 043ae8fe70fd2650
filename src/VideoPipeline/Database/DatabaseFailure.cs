using System.Data.Common;
using Microsoft.EntityFrameworkCore.Storage;

namespace VideoPipeline.Database;

/// <summary>Recognises that the database doesn't answer, or not as it should: it is away, full, or lacks its tables.</summary>
public static class DatabaseFailure
{
    /// <summary>
    /// What a driver throws; what EF makes of it after the last repetition (<see cref="RetryLimitExceededException"/>), or of
    /// a failure that it would have repeated (<see cref="InvalidOperationException"/>).
    /// </summary>
    public static bool Is(Exception exception) => exception is DbException or RetryLimitExceededException or InvalidOperationException;
}
