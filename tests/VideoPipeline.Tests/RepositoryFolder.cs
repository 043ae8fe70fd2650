namespace VideoPipeline.Tests;

/// <summary>The repository's top folder, which the tests are built in.</summary>
internal static class RepositoryFolder
{
    public static string Path { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(System.IO.Path.Combine(folder, "VideoPipeline.sln"))
        ? folder
        : Find(System.IO.Path.GetDirectoryName(folder.TrimEnd('/')) ?? throw new InvalidOperationException("The tests don't lie in the repository."));
}
