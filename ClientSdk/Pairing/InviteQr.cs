using QRCoder;

namespace ZeroKSync.Client.Pairing;

/// <summary>Draws a link as a QR code; medium error correction reads well from a screen.</summary>
internal static class InviteQr
{
    private const int PixelsPerModule = 8;

    public static string ToText(string link)
    {
        using QRCodeData data = QRCodeGenerator.GenerateQrCode(link, QRCodeGenerator.ECCLevel.M);
        using var code = new AsciiQRCode(data);
        return code.GetGraphicSmall();
    }

    public static byte[] ToPng(string link)
    {
        using QRCodeData data = QRCodeGenerator.GenerateQrCode(link, QRCodeGenerator.ECCLevel.M);
        using var code = new PngByteQRCode(data);
        return code.GetGraphic(PixelsPerModule);
    }
}
