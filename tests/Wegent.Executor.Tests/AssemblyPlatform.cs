// The executor runs inside Linux sandboxes only, and so do its tests.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
