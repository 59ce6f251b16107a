using System.Reflection;

namespace Wegent.Architecture.Tests;

/// <summary>What an embedder sees.</summary>
public sealed class PublicSurfaceTests
{
    private static readonly string[] Known = ["System", "Microsoft.Extensions", "Wegent"];

    public static TheoryData<string> Assemblies() => new(typeof(WegentException).Assembly.GetName().Name!, typeof(IWegentClient).Assembly.GetName().Name!);

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_vendors_type_is_shown(string assembly)
    {
        var foreign =
            from type in Assembly.Load(assembly).GetExportedTypes()
            from member in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            from used in TypesIn(member)
            where !Known.Any(known => used.Namespace == known || used.Namespace?.StartsWith(known + ".", StringComparison.Ordinal) == true)
            select $"{type.FullName}.{member.Name} shows {used.FullName}";

        Assert.Empty(foreign);
    }

    private static IEnumerable<Type> TypesIn(MemberInfo member) => member switch
    {
        MethodInfo method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType).SelectMany(Parts),
        ConstructorInfo constructor => constructor.GetParameters().SelectMany(parameter => Parts(parameter.ParameterType)),
        PropertyInfo property => Parts(property.PropertyType),
        FieldInfo field => Parts(field.FieldType),
        _ => [],
    };

    private static IEnumerable<Type> Parts(Type type) => type switch
    {
        { HasElementType: true } => Parts(type.GetElementType()!),
        { IsGenericParameter: true } => [],
        { IsGenericType: true } => type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()),
        _ => [type],
    };
}
