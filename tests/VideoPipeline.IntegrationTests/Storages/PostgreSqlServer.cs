using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace VideoPipeline.IntegrationTests.Storages;

/// <summary>
/// A real PostgreSQL of the test's own, on a free port of the loopback interface, with its data in a temporary folder. As
/// root it runs as the user <c>postgres</c>, since it refuses to run as root.
/// </summary>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string User = "postgres";

    private readonly string _folder;
    private readonly int _port;

    private PostgreSqlServer(string folder, int port)
    {
        _folder = folder;
        _port = port;
    }

    private string Data => Path.Combine(_folder, "data");

    public static async Task<PostgreSqlServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("videopipeline-postgresql-").FullName;
        var server = new PostgreSqlServer(folder, FreePort());
        try
        {
            if (Environment.UserName == "root")
            {
                await RunAsync("chown", User, folder);

                // To the folder that temporary folders are made in, too, whoever made it.
                await RunAsync("chmod", "a+x", Path.GetDirectoryName(folder)!);
            }

            await server.RunAsUserAsync("initdb", "-D", server.Data, "-U", User, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-locale");
            await File.AppendAllLinesAsync(Path.Combine(server.Data, "postgresql.conf"),
            [
                "listen_addresses = '127.0.0.1'",
                $"port = {server._port}",
                "unix_socket_directories = ''",
                "max_connections = 300",
                "shared_preload_libraries = 'pg_stat_statements'",

                // The machine isn't switched off during the tests.
                "fsync = off",
            ]);
            await server.StartServerAsync();
            return server;
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = IPAddress.Loopback.ToString(),
        Port = _port,
        Username = User,
        Database = database,
    }.ToString();

    public async Task<string> CreateDatabaseAsync(string name)
    {
        await ExecuteAsync("postgres", $"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connections = NpgsqlDataSource.Create(ConnectionString(database));
        await using var command = connections.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>How many statements it has carried out in this database, which must have the extension <c>pg_stat_statements</c>.</summary>
    public async Task<long> StatementsAsync(string database)
    {
        await using var connections = NpgsqlDataSource.Create(ConnectionString(database));
        await using var command = connections.CreateCommand(
            "SELECT sum(calls)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database()");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>As an administrator does: clients are cut off, what was committed stays.</summary>
    public async Task RestartAsync()
    {
        await RunAsUserAsync("pg_ctl", "-D", Data, "-m", "fast", "-w", "stop");
        await StartServerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsUserAsync("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Task StartServerAsync() => RunAsUserAsync("pg_ctl", "-D", Data, "-l", Path.Combine(_folder, "log"), "-w", "start");

    private Task RunAsUserAsync(string program, params string[] arguments)
    {
        var path = Program(program);
        return Environment.UserName == "root" ? RunAsync("runuser", ["-u", User, "--", path, .. arguments]) : RunAsync(path, arguments);
    }

    /// <summary>Debian keeps them out of the PATH, in a folder for each version.</summary>
    private static string Program(string name) =>
        Directory.GetDirectories("/usr/lib/postgresql").Order().Select(version => Path.Combine(version, "bin", name)).Last(File.Exists);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            // Not its output: the server inherits it, and would keep a pipe open.
            UseShellExecute = false,
            WorkingDirectory = "/",
        })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }
}
