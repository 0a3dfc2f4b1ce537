//! Codes of `catalog`.

super::codes! { "catalog":
    /// A file that a definition names does not exist in its folder.
    MISSING_FILE = "missing-file";
    /// A file that a definition includes is not text.
    BINARY_FILE = "binary-file";
    /// A file in the folder of a definition is unused.
    ORPHAN_FILE = "orphan-file";
    /// A folder cannot be read.
    UNREADABLE = "unreadable";
    /// The name of a definition differs from that of its folder.
    FOLDER_NAME = "folder-name";
    /// Two options, variants, tests or values have the same name.
    DUPLICATE_NAME = "duplicate-name";
    /// Two definitions in a catalogue have the same name.
    DUPLICATE_DEFINITION = "duplicate-definition";
    SEVERAL_DEFAULTS = "several-defaults";
    /// A `when` has no condition.
    EMPTY_CONDITION = "empty-condition";
    EMPTY_TEST = "empty-test";
    /// A test is for both build and run time.
    TEST_PLACE = "test-place";
    /// No template can refer to a value.
    VALUE_NAME = "value-name";
    /// A key is downloaded without encryption.
    INSECURE_KEY = "insecure-key";
    /// No definition has this name.
    UNKNOWN_NAME = "unknown-name";
    /// The package does not have this option.
    UNDECLARED_OPTION = "undeclared-option";
    /// The option does not have this value.
    UNKNOWN_OPTION_VALUE = "unknown-option-value";
    /// The package does not have this variant.
    UNDECLARED_VARIANT = "undeclared-variant";
    /// No known version satisfies a requirement.
    NO_SUCH_VERSION = "no-such-version";
    /// A version cannot be installed on any machine.
    UNREACHABLE = "unreachable";
    /// A variant or a value of an option can never be chosen.
    UNREACHABLE_OPTION = "unreachable-option";
    /// A wheel is incompatible with the target that it is offered for.
    WHEEL_DRIFT = "wheel-drift";
    /// Versions are not sorted from newest to oldest.
    VERSION_ORDER = "version-order";
    /// Packages require each other cyclically.
    REQUIRES_CYCLE = "requires-cycle";
    /// A package requires itself or conflicts with itself.
    REQUIRES_ITSELF = "requires-itself";
    /// The consequence of a condition requires the package that the condition tests.
    CONDITION_CIRCLE = "condition-circle";
    /// A template has a syntax error.
    TEMPLATE_SYNTAX = "template-syntax";
    /// A name in a template has no value.
    TEMPLATE_NAME = "template-name";
    /// A template is in a place where templates are not expanded.
    TEMPLATE_PLACE = "template-place";
    /// A template cannot be evaluated.
    TEMPLATE_FAILED = "template-failed";
    /// A download has no commit or hash.
    UNPINNED = "unpinned";
    /// A definition has no source.
    NO_SOURCE = "no-source";
    /// A definition has no licence.
    NO_LICENSE = "no-license";
}
