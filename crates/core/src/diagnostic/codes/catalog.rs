//! Codes of `catalog`.

super::codes! { "catalog":
    /// A file that a definition names is not beside it.
    MISSING_FILE = "missing-file";
    /// A file that is carried is no text.
    BINARY_FILE = "binary-file";
    /// A file beside a definition that nothing uses.
    ORPHAN_FILE = "orphan-file";
    /// A folder that can't be read.
    UNREADABLE = "unreadable";
    /// A definition whose name differs from its folder.
    FOLDER_NAME = "folder-name";
    /// Two options, variants, tests or values of one name.
    DUPLICATE_NAME = "duplicate-name";
    /// Two definitions of one name in one catalogue.
    DUPLICATE_DEFINITION = "duplicate-definition";
    SEVERAL_DEFAULTS = "several-defaults";
    /// A `when` without a condition.
    EMPTY_CONDITION = "empty-condition";
    EMPTY_TEST = "empty-test";
    /// A test that runs in two places.
    TEST_PLACE = "test-place";
    /// A value that no template can reach.
    VALUE_NAME = "value-name";
    /// A key that comes without encryption.
    INSECURE_KEY = "insecure-key";
    /// A name that no definition has.
    UNKNOWN_NAME = "unknown-name";
    /// An option that the package does not have.
    UNDECLARED_OPTION = "undeclared-option";
    /// A value that the option does not have.
    UNKNOWN_OPTION_VALUE = "unknown-option-value";
    /// A variant that the package does not have.
    UNDECLARED_VARIANT = "undeclared-variant";
    /// A requirement that no known version satisfies.
    NO_SUCH_VERSION = "no-such-version";
    /// What no machine can have, whatever is chosen.
    UNREACHABLE = "unreachable";
    /// A value of an option, or a variant, that nobody can choose.
    UNREACHABLE_OPTION = "unreachable-option";
    /// A wheel that was made for something else than it is offered for.
    WHEEL_DRIFT = "wheel-drift";
    /// Versions that do not stand newest first.
    VERSION_ORDER = "version-order";
    /// Packages that require each other in a circle.
    REQUIRES_CYCLE = "requires-cycle";
    /// A package that requires itself, or conflicts with itself.
    REQUIRES_ITSELF = "requires-itself";
    /// A condition on a package whose consequence requires that package.
    CONDITION_CIRCLE = "condition-circle";
    /// A template that can't be read.
    TEMPLATE_SYNTAX = "template-syntax";
    /// A name in a template that has no value.
    TEMPLATE_NAME = "template-name";
    /// A template where none is filled in.
    TEMPLATE_PLACE = "template-place";
    /// A template that can't be computed.
    TEMPLATE_FAILED = "template-failed";
    /// A fetch without a commit or a hash.
    UNPINNED = "unpinned";
    /// A definition without a source.
    NO_SOURCE = "no-source";
    /// A definition without a licence.
    NO_LICENSE = "no-license";
}
