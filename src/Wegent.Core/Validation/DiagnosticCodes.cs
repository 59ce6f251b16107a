namespace Wegent.Validation;

/// <summary>Every code a finding can have. Stable: a code is never given a second meaning. <c>docs/diagnostics.md</c> says for each what to do.</summary>
public static class DiagnosticCodes
{
    // 01xx: syntax, the text is no acceptable YAML.

    /// <summary>The text is not YAML.</summary>
    public const string Syntax = "WG0101";

    /// <summary>The input is too large.</summary>
    public const string TooLarge = "WG0102";

    /// <summary>The bytes are not UTF-8.</summary>
    public const string Encoding = "WG0103";

    /// <summary>A character that YAML does not allow.</summary>
    public const string ForbiddenCharacter = "WG0104";

    /// <summary>Nested too deeply.</summary>
    public const string TooDeep = "WG0105";

    /// <summary>Too many nodes in a document, aliases expanded.</summary>
    public const string TooManyNodes = "WG0106";

    /// <summary>Too many documents.</summary>
    public const string TooManyDocuments = "WG0107";

    /// <summary>A key is given twice in one mapping.</summary>
    public const string DuplicateKey = "WG0108";

    /// <summary>A tag outside YAML's core schema.</summary>
    public const string UnknownTag = "WG0109";

    /// <summary>An alias without an anchor before it.</summary>
    public const string UnknownAlias = "WG0110";

    /// <summary>An alias inside what it stands for.</summary>
    public const string AliasCycle = "WG0111";

    /// <summary>A key that is a list or a mapping.</summary>
    public const string KeyNotScalar = "WG0112";

    /// <summary>A merge key.</summary>
    public const string MergeKey = "WG0113";

    /// <summary>A value that does not fit its own tag.</summary>
    public const string TagMismatch = "WG0114";

    /// <summary>More findings than are shown.</summary>
    public const string TooManyFindings = "WG0199";

    // 02xx: structure, the document does not fit its kind's contract.

    /// <summary>A field that the kind does not have.</summary>
    public const string UnknownField = "WG0201";

    /// <summary>A required field is missing.</summary>
    public const string MissingField = "WG0202";

    /// <summary>A value of the wrong type.</summary>
    public const string WrongType = "WG0203";

    /// <summary>A value outside the allowed ones.</summary>
    public const string UnknownValue = "WG0204";

    /// <summary>A kind that does not exist.</summary>
    public const string UnknownKind = "WG0205";

    /// <summary>Another API version.</summary>
    public const string UnknownApiVersion = "WG0206";

    /// <summary>A document that is not a resource at all.</summary>
    public const string NotAResource = "WG0207";

    // 030x: rules of every kind.

    /// <summary>A name that is not allowed.</summary>
    public const string InvalidName = "WG0301";

    /// <summary>A namespace that is not allowed.</summary>
    public const string InvalidNamespace = "WG0302";

    /// <summary>A label or annotation that is not allowed.</summary>
    public const string InvalidLabel = "WG0303";

    /// <summary>A text that is too long.</summary>
    public const string TooLong = "WG0304";

    /// <summary>A text that must not be empty.</summary>
    public const string EmptyText = "WG0305";

    /// <summary>A secret reference that is not written as one.</summary>
    public const string SecretReference = "WG0306";

    /// <summary>A number out of its range.</summary>
    public const string OutOfRange = "WG0307";

    /// <summary>Settings that have no effect where they stand.</summary>
    public const string NoEffect = "WG0308";

    // 031x: ghosts and MCP servers.

    /// <summary>A preloaded skill that is not among the skills.</summary>
    public const string PreloadNotASkill = "WG0311";

    /// <summary>The same entry twice in a list.</summary>
    public const string DuplicateEntry = "WG0312";

    /// <summary>An MCP server that cannot be reached.</summary>
    public const string McpServerIncomplete = "WG0313";

    // 032x: models.

    /// <summary>A custom model without protocol.</summary>
    public const string ModelProtocolMissing = "WG0321";

    // 033x: shells.

    /// <summary>A shell type nobody registered.</summary>
    public const string UnknownShellType = "WG0331";

    /// <summary>An image name that is none.</summary>
    public const string InvalidImage = "WG0332";

    // 034x: bots.

    /// <summary>A bot without a shell.</summary>
    public const string BotWithoutShell = "WG0341";

    // 035x: teams.

    /// <summary>A team without members.</summary>
    public const string NoMembers = "WG0351";

    /// <summary>More than one leader.</summary>
    public const string SeveralLeaders = "WG0352";

    /// <summary>No leader where the model needs one.</summary>
    public const string NoLeader = "WG0353";

    /// <summary>The same member twice.</summary>
    public const string DuplicateMember = "WG0354";

    /// <summary>A setting of pipelines in a team that is none.</summary>
    public const string PipelineOnly = "WG0355";

    /// <summary>Both or none of collaborationModel and collaborationRef.</summary>
    public const string CollaborationChoice = "WG0356";

    // 036x: collaborations.

    /// <summary>A workflow without steps, or steps without a workflow.</summary>
    public const string WorkflowSteps = "WG0361";

    // 037x: workspaces.

    /// <summary>A git address of a form that is not allowed.</summary>
    public const string InvalidGitUrl = "WG0371";

    /// <summary>A credential in a git address.</summary>
    public const string CredentialInUrl = "WG0372";

    /// <summary>A folder of this machine as a repository.</summary>
    public const string LocalRepository = "WG0373";

    /// <summary>A branch name that git or the shell of a script could misread.</summary>
    public const string InvalidBranch = "WG0374";

    // 039x: skills.

    /// <summary>A skill that no shell may use.</summary>
    public const string SkillWithoutShells = "WG0391";

    // 04xx: references.

    /// <summary>What is referred to does not exist.</summary>
    public const string NotFound = "WG0401";

    /// <summary>The same resource declared twice.</summary>
    public const string DeclaredTwice = "WG0402";

    /// <summary>A model that the shell does not support.</summary>
    public const string ModelNotSupported = "WG0403";

    /// <summary>A participant who is not a member of the team.</summary>
    public const string NotAMember = "WG0404";
}
