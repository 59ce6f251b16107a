using System.Globalization;
using System.Text;
using System.Text.Json;
using Wegent.Resources.Yaml;

namespace Wegent.Validation;

/// <summary>
/// Walks a document beside its kind's contract: finds every field that is unknown, missing or of the wrong type, and writes the JSON
/// that the serializer binds. Both in one pass, so what was checked is what is bound.
/// </summary>
/// <remarks>
/// Scalars get the type their field asks for: a text field takes <c>123</c>, <c>1.10</c> or <c>yes</c> as the text it is; a number or
/// boolean field takes only what the core schema reads as one. <c>null</c>, <c>~</c> and an empty value mean "not given".
/// Where a required value is missing or wrong, a placeholder is written in its stead, and its path is kept in <see cref="Broken"/>:
/// so the other rules can look at the rest of the document in the same run.
/// </remarks>
internal sealed class StructureChecker(SourceTree tree, DiagnosticBag findings, bool strict)
{
    private readonly List<(string? Name, int Item)> _path = [];
    private List<string>? _broken;
    private DiagnosticBag _findings = findings;
    private Utf8JsonWriter? _writer;

    /// <summary>Paths of values that were replaced by a placeholder or left out. Empty when the structure is sound.</summary>
    public IReadOnlyList<string> Broken => _broken ?? (IReadOnlyList<string>)[];

    /// <summary>Checks a resource and writes it as JSON.</summary>
    /// <param name="root">The document's mapping.</param>
    /// <param name="contract">The kind's contract.</param>
    /// <param name="writer">Where to.</param>
    public void Check(int root, Contract contract, Utf8JsonWriter writer)
    {
        _writer = writer;
        WriteObject(root, contract, root);
    }

    private void WriteValue(int index, Contract contract, int key)
    {
        var node = tree.Resolve(index);
        if (tree[node].Form == ScalarForm.Faulty)
        {
            (_broken ??= []).Add(PathText());
            WritePlaceholder(contract);
            return;
        }
        switch (contract.Shape)
        {
            case ContractShape.Any:
                WriteAny(node);
                break;
            case ContractShape.Object when tree[node].Kind == SourceNodeKind.Mapping:
                WriteObject(node, contract, key);
                break;
            case ContractShape.Map when tree[node].Kind == SourceNodeKind.Mapping:
                WriteMap(node, contract.Element);
                break;
            case ContractShape.List when tree[node].Kind == SourceNodeKind.Sequence:
                WriteList(node, contract.Element);
                break;
            case ContractShape.Object or ContractShape.Map or ContractShape.List:
                WrongType(index, contract, $"expected {Describe(contract)}, found {Describe(node)}", null);
                break;
            default:
                WriteScalar(index, node, contract);
                break;
        }
    }

    private void WriteObject(int mapping, Contract contract, int key)
    {
        _writer?.WriteStartObject();
        var fields = contract.Fields;
        var given = 0;
        for (var (at, end) = (mapping + 1, tree[mapping].End); at < end;)
        {
            var value = tree.Next(at);
            if (tree.KeyText(at) is { } name)
            {
                if (FieldAliases.Resolve(contract, tree, mapping, ref name) || !fields.TryGetValue(name, out var field))
                    WriteUnknown(at, value, name, contract);
                else if (WriteField(at, value, field))
                    given++;
            }
            at = tree.Next(value);
        }

        if (given < contract.RequiredCount || !tree.Sound) // a duplicate key counts twice
            ReportMissing(mapping, contract, key);
        _writer?.WriteEndObject();
    }

    /// <returns>Whether a required field was given.</returns>
    private bool WriteField(int key, int value, ContractField field)
    {
        if (IsNull(value, field.Contract))
            return false; // as if it were not there
        _path.Add((field.Name, 0));
        if (field.Name == "status" && _path.Count == 1)
        {
            WriteStatus(value, field);
        }
        else
        {
            _writer?.WritePropertyName(field.EncodedName);
            WriteValue(value, field.Contract, key);
        }
        _path.RemoveAt(_path.Count - 1);
        return field.Required;
    }

    // A status is the system's to write. One that comes with a document is read where it fits, and never a reason to refuse the document.
    private void WriteStatus(int value, ContractField field)
    {
        var (writer, outer, broken) = (_writer, _findings, _broken);
        _writer = null;
        _findings = new DiagnosticBag(outer.File, 0);
        WriteValue(value, field.Contract, value);
        var fits = _findings.Errors == 0;
        if (fits)
        {
            _writer = writer;
            _writer?.WritePropertyName(field.EncodedName);
            WriteValue(value, field.Contract, value);
        }
        (_writer, _findings, _broken) = (writer, outer, broken);
    }

    private void WriteUnknown(int key, int value, string name, Contract contract)
    {
        if (!contract.IsFreeForm)
        {
            _path.Add((name, 0));
            _findings.Add(
                strict ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
                DiagnosticCodes.UnknownField,
                tree.PositionOf(key),
                PathText(),
                $"unknown field {Suggestions.Quote(name)}",
                _findings.IsFull ? null : Suggestions.DidYouMean(name, contract.Fields.Keys));
            _path.RemoveAt(_path.Count - 1);
        }
        _writer?.WritePropertyName(name);
        WriteAny(tree.Resolve(value));
    }

    private void ReportMissing(int mapping, Contract contract, int key)
    {
        foreach (var field in contract.Fields.Values)
        {
            if (!field.Required || IsGiven(mapping, contract, field, out var emptyKey))
                continue;
            _path.Add((field.Name, 0));
            var at = emptyKey >= 0 ? emptyKey : key;
            Fault(
                DiagnosticCodes.MissingField,
                tree.PositionOf(at),
                emptyKey >= 0 ? $"the field '{field.Name}' has no value" : $"missing field '{field.Name}'",
                field.Contract.Shape == ContractShape.Choice ? $"use one of: {string.Join(", ", field.Contract.Names)}" : null);
            _writer?.WritePropertyName(field.EncodedName);
            WritePlaceholder(field.Contract);
            _path.RemoveAt(_path.Count - 1);
        }
    }

    private bool IsGiven(int mapping, Contract contract, ContractField field, out int emptyKey)
    {
        emptyKey = -1;
        for (var at = mapping + 1; at < tree[mapping].End;)
        {
            var value = tree.Next(at);
            var name = tree.KeyText(at);
            if (name is not null && !FieldAliases.Resolve(contract, tree, mapping, ref name) && name == field.Name)
            {
                if (!IsNull(value, field.Contract))
                    return true;
                emptyKey = at;
            }
            at = tree.Next(value);
        }
        return false;
    }

    private void WriteMap(int mapping, Contract element)
    {
        _writer?.WriteStartObject();
        for (var (at, end) = (mapping + 1, tree[mapping].End); at < end;)
        {
            var value = tree.Next(at);
            if (tree.KeyText(at) is { } name)
            {
                _path.Add((name, 0));
                _writer?.WritePropertyName(name);
                if (element.Shape == ContractShape.Text && IsNull(value, element))
                    _writer?.WriteStringValue(""); // `KEY:` in a map of texts is the empty text
                else
                    WriteValue(value, element, at);
                _path.RemoveAt(_path.Count - 1);
            }
            at = tree.Next(value);
        }
        _writer?.WriteEndObject();
    }

    private void WriteList(int sequence, Contract element)
    {
        _writer?.WriteStartArray();
        var item = 0;
        for (var (at, end) = (sequence + 1, tree[sequence].End); at < end; at = tree.Next(at))
        {
            _path.Add((null, item++));
            if (element.Shape != ContractShape.Any && IsNull(at, element))
                WrongType(at, element, "an item of the list has no value", "remove it, or fill it in");
            else
                WriteValue(at, element, at);
            _path.RemoveAt(_path.Count - 1);
        }
        _writer?.WriteEndArray();
    }

    private void WriteScalar(int index, int node, Contract contract)
    {
        ref readonly var scalar = ref tree[node];
        if (scalar.Kind != SourceNodeKind.Scalar)
        {
            WrongType(index, contract, $"expected {Describe(contract)}, found {Describe(node)}", null);
            return;
        }
        var text = scalar.Text!;
        switch (contract.Shape)
        {
            case ContractShape.Text:
                _writer?.WriteStringValue(text);
                break;
            case ContractShape.Choice:
                if (contract.Names.Contains(text, StringComparer.Ordinal))
                    _writer?.WriteStringValue(text);
                else
                    Reject(index, contract, DiagnosticCodes.UnknownValue, $"{Suggestions.Quote(text)} is not one of the allowed values", Suggestions.OneOf(text, contract.Names));
                break;
            case ContractShape.Boolean:
                if (scalar.Form != ScalarForm.Text && YamlScalar.TryBoolean(text, out var boolean))
                    _writer?.WriteBooleanValue(boolean);
                else
                    WrongType(index, contract, $"{Suggestions.Quote(text)} is not true or false", IsQuoted(scalar, YamlScalar.TryBoolean(text, out _)));
                break;
            case ContractShape.Number:
                if (scalar.Form != ScalarForm.Text && TryNumber(text, out var number) && double.IsFinite(double.Parse(number, CultureInfo.InvariantCulture)))
                    _writer?.WriteRawValue(number, skipInputValidation: true);
                else
                    WrongType(index, contract, $"{Suggestions.Quote(text)} is not a number", IsQuoted(scalar, TryNumber(text, out _)));
                break;
            case ContractShape.Time:
                if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
                    _writer?.WriteStringValue(time);
                else
                    WrongType(index, contract, $"{Suggestions.Quote(text)} is not a time", "write it as 2026-01-31T12:00:00Z");
                break;
            default:
                WriteInteger(index, scalar, contract);
                break;
        }
    }

    private void WriteInteger(int index, in SourceNode scalar, Contract contract)
    {
        var text = scalar.Text!;
        if (scalar.Form == ScalarForm.Text || !YamlScalar.TryInteger(text, out var json))
        {
            WrongType(index, contract, $"{Suggestions.Quote(text)} is not a valid whole number", IsQuoted(scalar, YamlScalar.TryInteger(text, out _)));
            return;
        }
        var (smallest, largest) = contract.Shape == ContractShape.Integer32 ? (int.MinValue, int.MaxValue) : (long.MinValue, long.MaxValue);
        if (long.TryParse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= smallest && value <= largest)
            _writer?.WriteNumberValue(value);
        else
            WrongType(index, contract, $"{Suggestions.Quote(text)} is too large a number", $"it may be {smallest} to {largest}");
    }

    private void WriteAny(int index)
    {
        var node = tree.Resolve(index);
        ref readonly var value = ref tree[node];
        switch (value.Kind)
        {
            case SourceNodeKind.Mapping:
                _writer?.WriteStartObject();
                for (var at = node + 1; at < value.End;)
                {
                    var next = tree.Next(at);
                    if (tree.KeyText(at) is { } name)
                    {
                        _writer?.WritePropertyName(name);
                        WriteAny(next);
                    }
                    at = tree.Next(next);
                }
                _writer?.WriteEndObject();
                break;
            case SourceNodeKind.Sequence:
                _writer?.WriteStartArray();
                for (var at = node + 1; at < value.End; at = tree.Next(at))
                    WriteAny(at);
                _writer?.WriteEndArray();
                break;
            default:
                WriteUntyped(value);
                break;
        }
    }

    private void WriteUntyped(in SourceNode scalar)
    {
        if (_writer is null)
            return;
        var text = scalar.Text!;
        if (scalar.Form == ScalarForm.Text)
            _writer.WriteStringValue(text);
        else if (YamlScalar.IsNull(text))
            _writer.WriteNullValue();
        else if (YamlScalar.TryBoolean(text, out var boolean))
            _writer.WriteBooleanValue(boolean);
        else if (TryNumber(text, out var number))
            _writer.WriteRawValue(number, skipInputValidation: true);
        else
            _writer.WriteStringValue(text);
    }

    private void WrongType(int index, Contract contract, string message, string? hint) =>
        Reject(index, contract, DiagnosticCodes.WrongType, message, hint);

    private void Reject(int index, Contract contract, string code, string message, string? hint)
    {
        Fault(code, tree.PositionOf(index), message, hint);
        WritePlaceholder(contract);
    }

    private void Fault(string code, SourcePosition at, string message, string? hint)
    {
        var path = PathText();
        (_broken ??= []).Add(path);
        _findings.Error(code, at, path, message, hint);
    }

    // Binds, and stands at a path that no rule will look at.
    private void WritePlaceholder(Contract contract)
    {
        if (_writer is null)
            return;
        switch (contract.Shape)
        {
            case ContractShape.Object:
                _writer.WriteStartObject();
                foreach (var field in contract.Fields.Values)
                {
                    if (!field.Required)
                        continue;
                    _writer.WritePropertyName(field.EncodedName);
                    WritePlaceholder(field.Contract);
                }
                _writer.WriteEndObject();
                break;
            case ContractShape.Map:
                _writer.WriteStartObject();
                _writer.WriteEndObject();
                break;
            case ContractShape.List:
                _writer.WriteStartArray();
                _writer.WriteEndArray();
                break;
            case ContractShape.Boolean:
                _writer.WriteBooleanValue(false);
                break;
            case ContractShape.Integer32 or ContractShape.Integer64 or ContractShape.Number:
                _writer.WriteNumberValue(0);
                break;
            case ContractShape.Time:
                _writer.WriteStringValue(DateTimeOffset.UnixEpoch);
                break;
            default:
                _writer.WriteStringValue(contract.Shape == ContractShape.Choice ? contract.Names[0] : "");
                break;
        }
    }

    private bool IsNull(int index, Contract contract)
    {
        if (contract.Shape == ContractShape.Any)
            return false;
        ref readonly var node = ref tree[tree.Resolve(index)];
        return node.Kind == SourceNodeKind.Scalar && node.Form is ScalarForm.Plain or ScalarForm.Null && YamlScalar.IsNull(node.Text);
    }

    private string PathText()
    {
        var path = new StringBuilder();
        foreach (var (name, item) in _path)
            _ = name is null ? path.AppendItem(item) : path.AppendField(name);
        return path.ToString();
    }

    private string Describe(int node)
    {
        ref readonly var value = ref tree[node];
        return value.Kind switch
        {
            SourceNodeKind.Mapping => "a mapping",
            SourceNodeKind.Sequence => "a list",
            _ when value.Form == ScalarForm.Text => "text",
            _ when YamlScalar.TryBoolean(value.Text, out _) => "true or false",
            _ when TryNumber(value.Text!, out _) => "a number",
            _ => "text",
        };
    }

    private static string Describe(Contract contract) => contract.Shape switch
    {
        ContractShape.Object or ContractShape.Map => "a mapping",
        ContractShape.List => "a list",
        ContractShape.Boolean => "true or false",
        ContractShape.Integer32 or ContractShape.Integer64 => "a whole number",
        ContractShape.Number => "a number",
        ContractShape.Time => "a time",
        _ => "text",
    };

    private static string? IsQuoted(in SourceNode scalar, bool wouldFit) => scalar.Form == ScalarForm.Text && wouldFit ? "remove the quotes" : null;

    private static bool TryNumber(string text, out string number) => YamlScalar.TryInteger(text, out number!) || YamlScalar.TryFloat(text, out number!);
}
