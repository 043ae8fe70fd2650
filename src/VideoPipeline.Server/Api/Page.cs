using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace VideoPipeline.Server.Api;

/// <summary>A part of a list.</summary>
/// <param name="NextCursor">For the request of the next part; null when there is none.</param>
internal sealed record ListResponse<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>
/// Which part of a list is asked for. Lists go from the newest id down, and a cursor is the last id that was seen: rows
/// that are added or removed meanwhile neither repeat nor hide others.
/// </summary>
internal readonly record struct Page(int Limit, long? BeforeId)
{
    public const int MaxLimit = 500;
    public const int DefaultLimit = 100;

    private const string Prefix = "before:";

    /// <summary>One more than is shown tells whether there are more.</summary>
    public int Fetched => Limit + 1;

    /// <exception cref="InvalidRequestException"/>
    public static Page Of(int? limit, string? cursor)
    {
        long? beforeId = null;
        var errors = new RequestErrors();
        errors.AddIf(limit is < 1 or > MaxLimit, "limit", $"must be from 1 to {MaxLimit}");
        if (cursor is not null && !TryRead(cursor, out beforeId))
        {
            errors.Add("cursor", "must be the nextCursor of an earlier answer");
        }

        errors.ThrowIfAny();
        return new(limit ?? DefaultLimit, beforeId);
    }

    public ListResponse<TItem> Answer<TRow, TItem>(IReadOnlyList<TRow> fetched, Func<TRow, long> id, Func<TRow, TItem> item) => new(
        [.. fetched.Take(Limit).Select(item)],
        fetched.Count > Limit ? CursorBefore(id(fetched[Limit - 1])) : null);

    public static string CursorBefore(long id) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{Prefix}{id}"));

    private static bool TryRead(string cursor, out long? beforeId)
    {
        beforeId = null;
        if (!Base64Url.IsValid(cursor))
        {
            return false;
        }

        var text = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor));
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)
            || !long.TryParse(text.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return false;
        }

        beforeId = id;
        return true;
    }
}
