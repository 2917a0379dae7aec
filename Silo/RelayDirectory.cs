using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.Cryptography;
using ZeroKSync.Transport;

namespace ZeroKSync.Silo;

/// <summary>A relay's data directory: mode 0700, with the relay's static key, its certificate and the database. Key files are 0600.</summary>
internal static class RelayDirectory
{
    private const string DataDirectory = "data directory";
    private const string KeyFile = "relay.key";
    private const string ResetKeyFile = "reset.key";
    private const string CertificateFile = "relay.pfx";
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode SecretMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <exception cref="RelayStartException">It cannot be made or used.</exception>
    public static void Prepare(string path) => Translate(() => Make(path), DataDirectory);

    /// <summary>A directory for files that name addresses: made if it is not there, for its owner alone, and tried.</summary>
    /// <exception cref="RelayStartException">It cannot be made or written.</exception>
    public static void PrepareQlog(string path) => Translate(() =>
    {
        Make(path);
        string trial = Path.Combine(path, $".{Environment.ProcessId}");
        File.WriteAllBytes(trial, []);
        File.Delete(trial);
    }, "qlog directory");

    /// <summary>The relay's identity, made the first time.</summary>
    public static X25519KeyPair LoadKey(string path) => Translate(() =>
    {
        string file = Path.Combine(path, KeyFile);
        if (!File.Exists(file))
        {
            using X25519KeyPair fresh = X25519.GenerateKeyPair();
            WriteSecret(file, fresh.SecretKey.Span);
        }

        byte[] stored = File.ReadAllBytes(file);
        try
        {
            return stored.Length == X25519.KeyBytes
                ? new X25519KeyPair(SecretBytes.CopyFrom(stored))
                : throw new RelayStartException("The relay's key file is damaged.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(stored);
        }
    });

    /// <summary>The key by which peers of a former process learn that it is gone; made the first time.</summary>
    public static byte[] LoadResetKey(string path) => Translate(() =>
    {
        string file = Path.Combine(path, ResetKeyFile);
        if (!File.Exists(file))
            WriteSecret(file, RandomNumberGenerator.GetBytes(TransportListenerOptions.StatelessResetKeyBytes));

        byte[] stored = File.ReadAllBytes(file);
        return stored.Length == TransportListenerOptions.StatelessResetKeyBytes ? stored : throw new RelayStartException("The relay's reset key file is damaged.");
    });

    /// <summary>The certificate, made the first time; it is kept over restarts so that pins stay valid.</summary>
    public static X509Certificate2 LoadCertificate(string path, TimeProvider time) => Translate(() =>
    {
        string file = Path.Combine(path, CertificateFile);
        if (!File.Exists(file))
        {
            using X509Certificate2 fresh = SelfSignedCertificate.Create(time);
            byte[] exported = SelfSignedCertificate.Export(fresh);
            WriteSecret(file, exported);
            CryptographicOperations.ZeroMemory(exported);
        }

        try
        {
            return SelfSignedCertificate.Load(File.ReadAllBytes(file));
        }
        catch (CryptographicException exception)
        {
            throw new RelayStartException("The relay's certificate file is damaged.", exception);
        }
    });

    private static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, FolderMode);
    }

    private static void WriteSecret(string file, ReadOnlySpan<byte> bytes)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = SecretMode;

        string fresh = file + ".new";
        using (var stream = new FileStream(fresh, options))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, file);
    }

    private static void Translate(Action work, string what) => Translate(
        () =>
        {
            work();
            return true;
        },
        what);

    private static T Translate<T>(Func<T> work, string what = DataDirectory)
    {
        try
        {
            return work();
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new RelayStartException($"The {what} is not this user's to read and write.", exception);
        }
        catch (IOException exception)
        {
            throw new RelayStartException($"The {what} cannot be used.", exception);
        }
    }
}
