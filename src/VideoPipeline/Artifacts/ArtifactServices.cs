using Amazon.S3;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace VideoPipeline.Artifacts;

internal static class ArtifactServices
{
    /// <summary>The store that the settings name. Needs <see cref="PipelineFolders"/>, <see cref="TimeProvider"/> and the stages.</summary>
    public static IServiceCollection AddArtifacts(this IServiceCollection services, IConfigurationSection section)
    {
        services.AddValidated<ArtifactOptions>(section);
        services.AddValidated<S3Options>(section.GetSection("S3"));
        services.AddSingleton<IValidateOptions<S3Options>, S3OptionsValidation>();
        services.AddSingleton<FolderArtifactStore>();
        services.AddSingleton<S3ArtifactStore>();
        services.AddSingleton<IAmazonS3>(provider => S3Client.Create(provider.GetRequiredService<IOptions<S3Options>>().Value));
        services.AddSingleton<IArtifactStore>(provider => provider.GetRequiredService<IOptions<ArtifactOptions>>().Value.Kind switch
        {
            ArtifactStoreKind.S3 => provider.GetRequiredService<S3ArtifactStore>(),
            _ => provider.GetRequiredService<FolderArtifactStore>(),
        });
        if (IsS3(section))
        {
            services.AddHostedService<AbandonedUploads>();
        }

        return services;
    }

    // Before the options are there, and checked: a wrong kind stops the start anyway.
    private static bool IsS3(IConfigurationSection section) =>
        Enum.TryParse<ArtifactStoreKind>(section[nameof(ArtifactOptions.Kind)], ignoreCase: true, out var kind) && kind == ArtifactStoreKind.S3;
}
