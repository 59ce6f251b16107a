// The executor runs inside Linux sandboxes only.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
