namespace VideoPipeline;

/// <summary>What was asked for can't be: each field that is wrong, and what is allowed. Nothing was changed.</summary>
public sealed class InvalidRequestException(IReadOnlyDictionary<string, string[]> errors)
    : Exception(string.Join(" ", errors.SelectMany(error => error.Value.Select(problem => $"{error.Key} {problem}."))))
{
    public InvalidRequestException(string field, string problem)
        : this(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [problem] })
    {
    }

    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}

/// <summary>There is no such thing.</summary>
/// <param name="field">The field of the request that names it.</param>
public sealed class UnknownIdException(string field, string kind, long id) : Exception($"There is no {kind} {id}.")
{
    public string Field { get; } = field;
}

/// <summary>It contradicts what is there. Nothing was changed.</summary>
public sealed class ConflictException(string message) : Exception(message);

/// <summary>Collects what is wrong with a request, so that its sender hears of everything at once.</summary>
public sealed class RequestErrors
{
    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    public void Add(string field, string problem) => _errors[field] = [.. _errors.GetValueOrDefault(field, []), problem];

    public void AddIf(bool wrong, string field, string problem)
    {
        if (wrong)
        {
            Add(field, problem);
        }
    }

    /// <exception cref="InvalidRequestException">Something was wrong.</exception>
    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
        {
            throw new InvalidRequestException(_errors);
        }
    }
}
