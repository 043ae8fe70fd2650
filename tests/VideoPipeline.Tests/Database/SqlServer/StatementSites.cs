using System.Diagnostics;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace VideoPipeline.Tests.Database.SqlServer;

/// <summary>A method of the service that has a database run a statement.</summary>
/// <param name="Body">Where the calls are: for an async method its state machine.</param>
/// <param name="Entry">What is called to run the body.</param>
/// <param name="Calls">How many calls there are.</param>
internal sealed record StatementSite(MethodBase Body, MethodInfo Entry, int Calls)
{
    public override string ToString() => $"{Entry.DeclaringType}.{Entry.Name}";
}

/// <summary>Finds, in the compiled code, every method that calls something of EF that sends a statement.</summary>
internal static class StatementSites
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value & 0xFFFF);

    public static IReadOnlyList<StatementSite> In(params IEnumerable<Assembly> assemblies)
    {
        var types = assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Namespace?.StartsWith("VideoPipeline.Database.Migrations", StringComparison.Ordinal) != true).ToList();
        var entries = types.SelectMany(type => type.GetMethods(Declared))
            .Select(method => (Method: method, StateMachine: method.GetCustomAttribute<StateMachineAttribute>()?.StateMachineType))
            .Where(entry => entry.StateMachine is not null)
            .ToDictionary(entry => entry.StateMachine!, entry => entry.Method);
        return [.. from type in types
            from method in type.GetMethods(Declared)
            let calls = CallsOf(method).Count(SendsStatement)
            where calls > 0
            select new StatementSite(method, entries.GetValueOrDefault(type) ?? method, calls)];
    }

    /// <summary>Where the innermost method of the service, the one that called EF, was when the statement was sent.</summary>
    public static (Module Module, int Method, int Offset)? SenderOf(IEnumerable<StackFrame> stack, IReadOnlyCollection<Assembly> assemblies)
    {
        foreach (var frame in stack)
        {
            if (frame.GetMethod() is { } method && assemblies.Contains(method.Module.Assembly))
            {
                return (method.Module, method.MetadataToken, frame.GetILOffset());
            }
        }

        return null;
    }

    private static bool SendsStatement(MethodBase called)
    {
        var type = called.DeclaringType;
        return type == typeof(EntityFrameworkQueryableExtensions) || type == typeof(RelationalQueryableExtensions)
                ? called.Name.EndsWith("Async", StringComparison.Ordinal) || called.Name is "AsAsyncEnumerable" or "Load"
                : type == typeof(RelationalDatabaseFacadeExtensions)
                    ? called.Name.StartsWith("Execute", StringComparison.Ordinal) || called.Name.Contains("Migrat", StringComparison.Ordinal)
                    : typeof(DbContext).IsAssignableFrom(type) && called.Name.StartsWith("SaveChanges", StringComparison.Ordinal);
    }

    /// <summary>What a method calls, read from its instructions (ECMA-335, partition III).</summary>
    private static IEnumerable<MethodBase> CallsOf(MethodInfo method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < code.Length;)
        {
            var value = code[at++];
            var opCode = OpCodesByValue[value == 0xFE ? 0xFE00 | code[at++] : value];
            if (opCode.OperandType == OperandType.InlineMethod)
            {
                yield return method.Module.ResolveMethod(
                    BitConverter.ToInt32(code, at),
                    method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null,
                    method.IsGenericMethod ? method.GetGenericArguments() : null)!;
            }

            at += opCode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }
}
