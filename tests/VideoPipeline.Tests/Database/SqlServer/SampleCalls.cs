using System.Collections;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Tests.Database.SqlServer;

/// <summary>
/// Calls any method of the service, public or not, or a lambda in one, with sample values for whatever it takes: services
/// from the container, made-up values for the rest.
/// </summary>
/// <param name="variant">Which of an enum's values are taken.</param>
/// <param name="leaveOut">What may be null is.</param>
internal sealed class SampleCalls(IServiceProvider services, int variant, bool leaveOut, CancellationToken cancellationToken)
{
    private const int Deepest = 6;

    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly MethodInfo DelegateResult = typeof(SampleCalls).GetMethod(nameof(ResultOf), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>Runs something to its end. What it throws is its own affair, since the samples make no sense.</summary>
    public static async Task<Exception?> RunAsync(Func<Task> run)
    {
        try
        {
            await run();
            return null;
        }
        catch (Exception exception)
        {
            return exception is TargetInvocationException { InnerException: { } inner } ? inner : exception;
        }
    }

    /// <returns>How it ended, for people who look for the reason.</returns>
    public Task<Exception?> CallAsync(MethodInfo method) => RunAsync(async () =>
    {
        var closed = Closed(method);
        var target = closed.IsStatic ? null : Sample(closed.DeclaringType!, 0);
        if (closed.Invoke(target, [.. closed.GetParameters().Select(parameter => Sample(parameter.ParameterType, 0))]) is Task task)
        {
            await task.WaitAsync(cancellationToken);
        }
    });

    private static MethodInfo Closed(MethodInfo method)
    {
        if (method.DeclaringType!.IsGenericTypeDefinition)
        {
            var closed = method.DeclaringType.MakeGenericType(Jobs(method.DeclaringType.GetGenericArguments()));
            method = (MethodInfo)MethodBase.GetMethodFromHandle(method.MethodHandle, closed.TypeHandle)!;
        }

        return method.IsGenericMethodDefinition ? method.MakeGenericMethod(Jobs(method.GetGenericArguments())) : method;

        static Type[] Jobs(Type[] parameters) => [.. parameters.Select(_ => typeof(VideoProcessingJob))];
    }

    private object? Sample(Type type, int depth)
    {
        if (depth > Deepest)
        {
            return type.IsValueType ? Activator.CreateInstance(type) : null;
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return leaveOut ? null : Sample(underlying, depth);
        }

        if (type == typeof(CancellationToken))
        {
            return cancellationToken;
        }

        if (typeof(DbContext).IsAssignableFrom(type))
        {
            return services.GetRequiredService<IDbContextFactory<PipelineDbContext>>().CreateDbContext();
        }

        if (type.IsEnum)
        {
            var values = Enum.GetValues(type);
            return values.GetValue(Math.Min(variant, values.Length - 1));
        }

        if (type.IsPrimitive || type == typeof(string) || type == typeof(Guid) || type == typeof(DateTimeOffset))
        {
            return StandInRows.Sample(type);
        }

        if (type == typeof(object) || type == typeof(TimeSpan))
        {
            return type == typeof(object) ? new object() : TimeSpan.FromSeconds(1);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IQueryable<>))
        {
            return SampleQuery(type.GetGenericArguments()[0]);
        }

        return services.GetService(type)
            ?? OwnService(type)
            ?? (typeof(Delegate).IsAssignableFrom(type) ? SampleDelegate(type)
                : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>) ? SampleDictionary(type, depth)
                : type.IsArray || IsCollection(type) ? SampleCollection(type, depth)
                : SampleObject(type, depth));
    }

    /// <summary>A service that these settings don't choose; null when it isn't one, or takes more than services.</summary>
    private object? OwnService(Type type)
    {
        var constructors = type.IsClass && !type.IsAbstract ? type.GetConstructors() : [];
        return constructors is [var constructor] && constructor.GetParameters() is { Length: > 0 } parameters
            && parameters.All(parameter => services.GetService(parameter.ParameterType) is not null)
                ? ActivatorUtilities.CreateInstance(services, type)
                : null;
    }

    private IQueryable? SampleQuery(Type element)
    {
        var db = services.GetRequiredService<IDbContextFactory<PipelineDbContext>>().CreateDbContext();
        return db.Model.FindEntityType(element) is not null
            ? (IQueryable)typeof(DbContext).GetMethod(nameof(DbContext.Set), [])!.MakeGenericMethod(element).Invoke(db, null)!
            : element == typeof(double) ? db.Jobs.Select(job => job.DurationSeconds ?? 0) : null;
    }

    private static bool IsCollection(Type type) =>
        type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments().Length == 1 && !typeof(IQueryable).IsAssignableFrom(type);

    /// <summary>One element, so that what is done for each is done once.</summary>
    private object SampleCollection(Type type, int depth)
    {
        var element = type.IsArray ? type.GetElementType()! : type.GetGenericArguments()[0];
        var array = Array.CreateInstance(element, 1);
        array.SetValue(Sample(element, depth + 1), 0);
        if (type.IsAssignableFrom(array.GetType()))
        {
            return array;
        }

        var concrete = type.IsInterface ? typeof(HashSet<>).MakeGenericType(element) : type;
        return Activator.CreateInstance(concrete, array)!;
    }

    private IDictionary SampleDictionary(Type type, int depth)
    {
        var dictionary = (IDictionary)Activator.CreateInstance(type)!;
        var arguments = type.GetGenericArguments();
        if (Sample(arguments[0], depth + 1) is { } key)
        {
            dictionary.Add(key, Sample(arguments[1], depth + 1));
        }

        return dictionary;
    }

    private object? SampleObject(Type type, int depth)
    {
        if (type.IsInterface || type.IsAbstract)
        {
            // The first of its kind.
            return type.Assembly.GetTypes().FirstOrDefault(other => !other.IsAbstract && !other.IsInterface && type.IsAssignableFrom(other)) is { } concrete
                ? Sample(concrete, depth + 1)
                : null;
        }

        var instance = RuntimeHelpers.GetUninitializedObject(type);
        for (var declaring = type; declaring is not null && declaring != typeof(object); declaring = declaring.BaseType)
        {
            foreach (var field in declaring.GetFields(Instance | BindingFlags.DeclaredOnly))
            {
                field.SetValue(instance, Sample(field.FieldType, depth + 1));
            }
        }

        return instance;
    }

    private Delegate SampleDelegate(Type type)
    {
        var invoke = type.GetMethod("Invoke")!;
        var parameters = invoke.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType)).ToArray();
        var result = invoke.ReturnType;
        if (result == typeof(void))
        {
            return Expression.Lambda(type, Expression.Empty(), parameters).Compile();
        }

        var value = Expression.Constant(typeof(Task).IsAssignableFrom(result) && result.IsGenericType ? Sample(result.GetGenericArguments()[0], 1) : Sample(result, 1), typeof(object));
        return Expression.Lambda(type, Expression.Call(DelegateResult.MakeGenericMethod(result), value), parameters).Compile();
    }

    private static T ResultOf<T>(object? value)
    {
        if (typeof(T) == typeof(Task))
        {
            return (T)(object)Task.CompletedTask;
        }

        return typeof(Task).IsAssignableFrom(typeof(T))
            ? (T)typeof(Task).GetMethod(nameof(Task.FromResult))!.MakeGenericMethod(typeof(T).GetGenericArguments()[0]).Invoke(null, [value])!
            : (T)value!;
    }
}
