namespace Wegent.Resources;

/// <summary>Marks a contract that takes any further field: it names what we read, the rest belongs to whoever the settings are for. No unknown-field warning there.</summary>
internal interface IFreeForm;
