using VideoPipeline.Access;
using VideoPipeline.Database;

namespace VideoPipeline.Server.Access;

/// <summary>
/// Asks the database about a key, for each request anew: a revoked key is refused by all nodes at once, and the look-up by
/// an index costs less than what follows it.
/// </summary>
internal sealed class KeyCheck(ApiKeys keys, KeyUses uses, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <returns>The valid key that this text is; null when it is none.</returns>
    /// <exception cref="AccessUnavailableException"/>
    public async Task<ApiKey?> RecogniseAsync(string text, CancellationToken cancellationToken)
    {
        var key = await AskAsync(token => keys.RecogniseAsync(text, token), cancellationToken);
        if (key is not null)
        {
            uses.Note(key.Id);
        }

        return key;
    }

    /// <exception cref="AccessUnavailableException"/>
    public async Task<bool> IsValidAsync(long keyId, CancellationToken cancellationToken)
    {
        var valid = await AskAsync(token => keys.IsValidAsync(keyId, token), cancellationToken);
        if (valid)
        {
            uses.Note(keyId);
        }

        return valid;
    }

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            using var timeout = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            return await ask(either.Token);
        }
        catch (Exception exception) when (DatabaseFailure.Is(exception)
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new AccessUnavailableException(exception);
        }
    }
}

/// <summary>Nobody can be let in, since the database that knows the keys doesn't answer.</summary>
internal sealed class AccessUnavailableException(Exception inner) : Exception("Keys can't be checked now: the database doesn't answer.", inner);
