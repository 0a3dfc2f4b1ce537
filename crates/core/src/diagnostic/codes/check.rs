//! Codes of `check`.

super::codes! { "check":
    /// A run option that the target does not support.
    NOT_OFFERED = "not-offered";
    /// A privileged container.
    PRIVILEGED = "privileged";
    /// A container with access to the Docker socket.
    DOCKER_SOCKET = "docker-socket";
    /// An image that runs as root.
    RUNS_AS_ROOT = "runs-as-root";
    /// A secret in plain text.
    PLAIN_SECRET = "plain-secret";
    /// A variable reference in a literal value.
    LITERAL_VARIABLE = "literal-variable";
    /// A variable with two values.
    TWO_VALUES = "two-values";
    /// A shared memory size that has no effect.
    UNUSED_SHM_SIZE = "unused-shm-size";
    /// A port that has no effect.
    UNUSED_PORT = "unused-port";
    /// A kernel parameter of the host.
    HOST_SYSCTL = "host-sysctl";
    /// CAN without the host network.
    CAN_NETWORK = "can-network";
    /// A desktop session of another user.
    SESSION_USER = "session-user";
    /// An unknown service.
    UNKNOWN_SERVICE = "unknown-service";
    /// Services that wait for each other.
    SERVICE_CYCLE = "service-cycle";
    /// A reserved service name.
    TAKEN_SERVICE = "taken-service";
    /// Two mounts at the same path.
    SAME_MOUNT = "same-mount";
    /// A host port that is published twice.
    SAME_PORT = "same-port";
    /// A duplicate container name.
    SAME_CONTAINER = "same-container";
    /// A port on a shared network.
    SHARED_NETWORK_PORT = "shared-network-port";
    /// A volume over a system folder.
    SYSTEM_MOUNT = "system-mount";
    /// A device that is passed twice.
    SAME_DEVICE = "same-device";
    /// An apt archive without a key.
    NO_KEY = "no-key";
    /// An unsigned apt archive.
    UNSIGNED_ARCHIVE = "unsigned-archive";
    /// A key without a fingerprint.
    UNCHECKED_KEY = "unchecked-key";
    /// A file that is not a public key.
    NOT_A_KEY = "not-a-key";
    /// A key that does not match its fingerprint.
    OTHER_KEY = "other-key";
    /// A file with several keys.
    SEVERAL_KEYS = "several-keys";
    /// A secret key instead of a public key.
    SECRET_KEY = "secret-key";
    /// A key file with the wrong extension.
    KEY_FILE_NAME = "key-file-name";
    /// A download over plain HTTP.
    PLAIN_HTTP = "plain-http";
    /// A system package that belongs on the host.
    FORBIDDEN_PACKAGE = "forbidden-package";
    /// Conflicting Python requirements.
    CONTRADICTING_PYTHON = "contradicting-python";
    /// Python packages without an exact version.
    UNPINNED_PYTHON = "unpinned-python";
    /// Files excluded from a copied folder.
    LEFT_OUT = "left-out";
    /// Two outputs at the same path.
    SAME_OUTPUT = "same-output";
    /// A Compose file that takes precedence.
    OTHER_COMPOSE_FILE = "other-compose-file";
    /// An output in a reserved folder.
    RESERVED_OUTPUT = "reserved-output";
    /// `allow` with an unknown code.
    UNKNOWN_ALLOW = "unknown-allow";
    /// `allow` used for an error.
    ALLOWED_ERROR = "allowed-error";
    /// An unused `allow`.
    UNUSED_ALLOW = "unused-allow";
}
