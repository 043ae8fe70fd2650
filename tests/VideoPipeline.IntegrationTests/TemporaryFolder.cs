namespace VideoPipeline.IntegrationTests;

/// <summary>A new folder, gone with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("vp-test-").FullName;

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    public string NewFile(string name, string content = "not really a video")
    {
        File.WriteAllText(Of(name), content);
        return Of(name);
    }

    public string NewFolder(string name) => Directory.CreateDirectory(Of(name)).FullName;

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A killed process may still be letting go.
        }
    }
}
