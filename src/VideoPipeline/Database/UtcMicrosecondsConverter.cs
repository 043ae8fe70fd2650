using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace VideoPipeline.Database;

/// <summary>
/// Points in time for the databases that have a type for them: in UTC, whatever offset a client wrote, and cut to the
/// microsecond that PostgreSQL keeps, so that a row that was just written equals the same row read again.
/// </summary>
internal sealed class UtcMicrosecondsConverter() : ValueConverter<DateTimeOffset, DateTimeOffset>(
    time => new DateTimeOffset(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero),
    stored => stored);
