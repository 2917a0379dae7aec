using System.Text.RegularExpressions;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EndToEnd.Packaging;

/// <summary>What can be said of the Dockerfile without building it: no container can be built where these tests must run.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string[] Lines = [.. Continued().Replace(File.ReadAllText(RepositoryRoot.File("packaging", "docker", "Dockerfile")), " ")
        .Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')];

    [Fact]
    public void Stages_AreTwoAndTheLastBuildsNothing()
    {
        string[] stages = Of("FROM");
        Assert.Equal(2, stages.Length);
        int last = Array.FindLastIndex(Lines, line => line.StartsWith("FROM ", StringComparison.Ordinal));
        Assert.DoesNotContain(Lines[last..], line => line.Contains("dotnet ", StringComparison.Ordinal));
        Assert.Contains(Lines[last..], line => line.StartsWith("COPY --from=build ", StringComparison.Ordinal));
    }

    [Fact]
    public void Images_WithADefault_HaveATagThatIsAVersion() =>
        Assert.All(
            Of("ARG").Where(argument => argument.Contains("IMAGE=", StringComparison.Ordinal)),
            argument => Assert.Matches(@"^\w+=[a-z/]+:\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$", argument));

    [Fact]
    public void User_IsANumberAndNotRoot()
    {
        string user = Assert.Single(Of("USER"));
        Assert.Matches(@"^[1-9]\d{3,}:[1-9]\d{3,}$", user);
        // After it nothing is run or copied that would need another.
        int at = Array.FindIndex(Lines, line => line.StartsWith("USER ", StringComparison.Ordinal));
        Assert.DoesNotContain(Lines[at..], line => line.StartsWith("RUN ", StringComparison.Ordinal) || line.StartsWith("COPY ", StringComparison.Ordinal));
    }

    [Fact]
    public void Health_IsAskedByTheProgramItself() =>
        Assert.Contains("CMD [\"/usr/lib/zks-relay/zks-relay\", \"health\"]", Assert.Single(Of("HEALTHCHECK")), StringComparison.Ordinal);

    [Fact]
    public void Programs_AreStartedWithoutAShellAndStoppedBySigterm()
    {
        Assert.All(Of("ENTRYPOINT").Concat(Of("CMD")), command => Assert.StartsWith("[", command, StringComparison.Ordinal));
        Assert.Equal(["SIGTERM"], Of("STOPSIGNAL"));
    }

    [Fact]
    public void Packages_AreThoseThatSetUpInstalls()
    {
        string setup = File.ReadAllText(RepositoryRoot.File("eng", "setup.sh"));
        string install = Lines.Single(line => line.Contains("apt-get install", StringComparison.Ordinal));
        Assert.All(
            (string[])["libsodium23", "libngtcp2-16", "libngtcp2-crypto-gnutls8"],
            package =>
            {
                Assert.Contains(package, setup, StringComparison.Ordinal);
                Assert.Contains(package, install, StringComparison.Ordinal);
            });
        Assert.Contains("rm -rf /var/lib/apt/lists/*", install, StringComparison.Ordinal);
    }

    [Fact]
    public void Relay_IsPublishedWithTheProfileThatIsThere()
    {
        string publish = Lines.Single(line => line.Contains("dotnet publish", StringComparison.Ordinal));
        string profile = Regex.Match(publish, @"-p:PublishProfile=(?<name>\w+)").Groups["name"].Value;
        Assert.Contains("<PublishReadyToRun>true", File.ReadAllText(RepositoryRoot.File("Silo", "Properties", "PublishProfiles", $"{profile}.pubxml")), StringComparison.Ordinal);
    }

    [Fact]
    public void Context_LeavesOutARelaysData()
    {
        string[] ignored = File.ReadAllLines(RepositoryRoot.File("packaging", "docker", "Dockerfile.dockerignore"));
        Assert.Superset(new HashSet<string> { ".relay", ".git", "**/bin", "**/obj" }, ignored.ToHashSet());
    }

    private static string[] Of(string instruction) => [.. Lines.Where(line => line.StartsWith(instruction + " ", StringComparison.Ordinal)).Select(line => line[(instruction.Length + 1)..])];

    [GeneratedRegex(@"\s*\\\n\s*")]
    private static partial Regex Continued();
}
