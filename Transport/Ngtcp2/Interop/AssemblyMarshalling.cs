using System.Runtime.CompilerServices;

// Every signature is blittable: nothing is converted on the way to native code.
[assembly: DisableRuntimeMarshalling]
