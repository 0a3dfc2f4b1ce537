//! Codes of `catalog`.

super::codes! { "catalog":
    /// A file that does not exist.
    MISSING_FILE = "missing-file";
    /// A binary file in a definition.
    BINARY_FILE = "binary-file";
    /// An unused file in a definition's folder.
    ORPHAN_FILE = "orphan-file";
    /// A folder or file that cannot be read.
    UNREADABLE = "unreadable";
    /// A definition whose name differs from its folder.
    FOLDER_NAME = "folder-name";
    /// A duplicate name within a definition.
    DUPLICATE_NAME = "duplicate-name";
    /// Two definitions with the same name.
    DUPLICATE_DEFINITION = "duplicate-definition";
    /// More than one default.
    SEVERAL_DEFAULTS = "several-defaults";
    /// A `when` without a condition.
    EMPTY_CONDITION = "empty-condition";
    /// A test that runs nothing.
    EMPTY_TEST = "empty-test";
    /// A test for both build and run time.
    TEST_PLACE = "test-place";
    /// A value name that templates cannot use.
    VALUE_NAME = "value-name";
    /// A signing key fetched without encryption.
    INSECURE_KEY = "insecure-key";
    /// An undefined name.
    UNKNOWN_NAME = "unknown-name";
    /// An undeclared option.
    UNDECLARED_OPTION = "undeclared-option";
    /// An undefined option value.
    UNKNOWN_OPTION_VALUE = "unknown-option-value";
    /// An undeclared variant.
    UNDECLARED_VARIANT = "undeclared-variant";
    /// A requirement that no version satisfies.
    NO_SUCH_VERSION = "no-such-version";
    /// A version that is unavailable on every machine.
    UNREACHABLE = "unreachable";
    /// An option that can never be selected.
    UNREACHABLE_OPTION = "unreachable-option";
    /// A wheel for another version or platform.
    WHEEL_DRIFT = "wheel-drift";
    /// Versions out of order.
    VERSION_ORDER = "version-order";
    /// Packages that require each other.
    REQUIRES_CYCLE = "requires-cycle";
    /// A package that requires itself.
    REQUIRES_ITSELF = "requires-itself";
    /// A condition that depends on itself.
    CONDITION_CIRCLE = "condition-circle";
    /// A template with a syntax error.
    TEMPLATE_SYNTAX = "template-syntax";
    /// An undefined name in a template.
    TEMPLATE_NAME = "template-name";
    /// A template where templates are not supported.
    TEMPLATE_PLACE = "template-place";
    /// A template that cannot be evaluated.
    TEMPLATE_FAILED = "template-failed";
    /// A fetch that is not pinned.
    UNPINNED = "unpinned";
    /// A definition without a source.
    NO_SOURCE = "no-source";
    /// A definition without a licence.
    NO_LICENSE = "no-license";
}
