using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Wegent.Executor.Processes;

/// <summary>
/// A started process and our ends of its pipes. Owned by one thread, which closes them.
/// </summary>
/// <remarks>
/// <c>System.Diagnostics.Process</c> is not used: it offers no session of its own, passes signal settings on, and reaps children
/// behind our back, which the reaper of all orphans must not share.
/// </remarks>
internal sealed class ChildProcess
{
    private ChildProcess(int pid, int input, int output, int error)
    {
        Pid = pid;
        Input = input;
        Output = output;
        Error = error;
    }

    /// <summary>Process id, and the id of its session and process group.</summary>
    public int Pid { get; }

    /// <summary>Descriptor that writes to its standard input, not blocking; -1 once closed.</summary>
    public int Input { get; private set; }

    /// <summary>Descriptor that reads its standard output, not blocking; -1 once closed.</summary>
    public int Output { get; private set; }

    /// <summary>Descriptor that reads its standard error, not blocking; -1 once closed.</summary>
    public int Error { get; private set; }

    /// <summary>Closes our end of its standard input.</summary>
    public void CloseInput() => Input = Close(Input);

    /// <summary>Closes our end of its standard output.</summary>
    public void CloseOutput() => Output = Close(Output);

    /// <summary>Closes our end of its standard error.</summary>
    public void CloseError() => Error = Close(Error);

    /// <summary>Starts a process in a session of its own, with default signals, three pipes and no other descriptor.</summary>
    /// <exception cref="Win32Exception">The system refused; the message is its reason.</exception>
    public static unsafe ChildProcess Start(ChildSpec spec)
    {
        // Read end, write end: three pipes. -1 marks what is closed already.
        Span<int> pipes = [-1, -1, -1, -1, -1, -1];
        try
        {
            for (var i = 0; i < 3; i++)
                OpenPipe(pipes.Slice(i * 2, 2));
            var pid = Spawn(spec, input: pipes[0], output: pipes[3], error: pipes[5]);
            CloseAt(pipes, 0);
            CloseAt(pipes, 3);
            CloseAt(pipes, 5);
            return new ChildProcess(pid, NotBlocking(pipes[1]), NotBlocking(pipes[2]), NotBlocking(pipes[4]));
        }
        catch
        {
            for (var i = 0; i < pipes.Length; i++)
                CloseAt(pipes, i);
            throw;
        }
    }

    private static unsafe int Spawn(ChildSpec spec, int input, int output, int error)
    {
        // Both structures are smaller than this in every C library we know (glibc: 80 and 336 bytes).
        var actions = stackalloc byte[1024];
        var attributes = stackalloc byte[1024];
        var signals = stackalloc byte[256];
        Check(Libc.SpawnActionsInit(actions));
        Check(Libc.SpawnAttributesInit(attributes));
        byte** arguments = null;
        byte** environment = null;
        byte* program = null;
        byte* directory = null;
        try
        {
            directory = ToNative(spec.WorkingDirectory);
            Check(Libc.SpawnActionsChangeDirectory(actions, directory));
            Check(Libc.SpawnActionsDuplicate(actions, input, 0));
            Check(Libc.SpawnActionsDuplicate(actions, output, 1));
            Check(Libc.SpawnActionsDuplicate(actions, error, 2));
            CloseTheRest(actions);

            // An ignored SIGPIPE, as .NET has it, would be inherited and break every pipeline of the agent.
            _ = Libc.SignalSetFill(signals);
            Check(Libc.SpawnAttributesSetDefaultSignals(attributes, signals));
            _ = Libc.SignalSetEmpty(signals);
            Check(Libc.SpawnAttributesSetSignalMask(attributes, signals));
            Check(Libc.SpawnAttributesSetFlags(attributes, Libc.SpawnSetSid | Libc.SpawnSetSigDefault | Libc.SpawnSetSigMask));

            program = ToNative(spec.Program);
            arguments = ToNative([spec.Program, .. spec.Arguments]);
            environment = ToNative([.. spec.Environment.Select(pair => $"{pair.Key}={pair.Value}")]);
            int pid;
            Check(Libc.PosixSpawn(&pid, program, actions, attributes, arguments, environment));
            return pid;
        }
        finally
        {
            _ = Libc.SpawnActionsDestroy(actions);
            _ = Libc.SpawnAttributesDestroy(attributes);
            NativeMemory.Free(program);
            NativeMemory.Free(directory);
            Free(arguments);
            Free(environment);
        }
    }

    private static unsafe void CloseTheRest(void* actions)
    {
        try
        {
            Check(Libc.SpawnActionsCloseFrom(actions, 3));
        }
        catch (EntryPointNotFoundException)
        {
            // glibc before 2.34. Everything we open is close-on-exec, so this is only the second lock on the door.
        }
    }

    private static unsafe void OpenPipe(Span<int> ends)
    {
        fixed (int* pointer = ends)
        {
            if (Libc.Pipe(pointer, Libc.OCloexec) != 0)
                throw new Win32Exception();
        }
    }

    private static int NotBlocking(int descriptor)
    {
        const int setFlags = 4; // F_SETFL
        return Libc.Control(descriptor, setFlags, Libc.ONonblock) == 0 ? descriptor : throw new Win32Exception();
    }

    private static void CloseAt(Span<int> descriptors, int index) => descriptors[index] = Close(descriptors[index]);

    private static int Close(int descriptor)
    {
        if (descriptor >= 0)
            _ = Libc.Close(descriptor);
        return -1;
    }

    private static unsafe byte* ToNative(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var native = (byte*)NativeMemory.Alloc((nuint)length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(native, length));
        native[length] = 0;
        return native;
    }

    private static unsafe byte** ToNative(List<string> texts)
    {
        var native = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < texts.Count; i++)
            native[i] = ToNative(texts[i]);
        return native;
    }

    private static unsafe void Free(byte** native)
    {
        for (var i = 0; native != null && native[i] != null; i++)
            NativeMemory.Free(native[i]);
        NativeMemory.Free(native);
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new Win32Exception(error);
    }
}
