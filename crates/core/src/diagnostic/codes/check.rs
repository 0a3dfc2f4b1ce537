//! Codes of `check`.

super::codes! { "check":
    /// The target does not support a run option.
    NOT_OFFERED = "not-offered";
    /// A container is privileged.
    PRIVILEGED = "privileged";
    /// A container has access to the engine's socket.
    DOCKER_SOCKET = "docker-socket";
    /// The image runs as root.
    RUNS_AS_ROOT = "runs-as-root";
    PLAIN_SECRET = "plain-secret";
    /// A value that is passed on unchanged refers to a variable.
    LITERAL_VARIABLE = "literal-variable";
    /// A variable has different values in the image and in the service.
    TWO_VALUES = "two-values";
    /// `shm-size` has no effect, because shared memory is that of the host.
    UNUSED_SHM_SIZE = "unused-shm-size";
    /// A published port has no effect on the host network.
    UNUSED_PORT = "unused-port";
    /// `command` or `entrypoint` has a command line in a single argument.
    SPACED_PROGRAM = "spaced-program";
    /// A kernel parameter belongs to a namespace that is shared with the host.
    HOST_SYSCTL = "host-sysctl";
    /// CAN interfaces are used without the host network.
    CAN_NETWORK = "can-network";
    /// A container's user cannot use the sockets of the desktop session.
    SESSION_USER = "session-user";
    /// A service does not exist.
    UNKNOWN_SERVICE = "unknown-service";
    /// Services wait for each other.
    SERVICE_CYCLE = "service-cycle";
    /// The name of a service is reserved for jcc.
    TAKEN_SERVICE = "taken-service";
    /// Two mounts have the same path in the container.
    SAME_MOUNT = "same-mount";
    /// A port of the host is published twice.
    SAME_PORT = "same-port";
    /// Two containers have the same name.
    SAME_CONTAINER = "same-container";
    /// A container that shares the network of another one publishes ports.
    SHARED_NETWORK_PORT = "shared-network-port";
    /// A mount hides a system folder of the image.
    SYSTEM_MOUNT = "system-mount";
    /// A device is passed twice.
    SAME_DEVICE = "same-device";
    NO_KEY = "no-key";
    /// The packages of an archive are not verified.
    UNSIGNED_ARCHIVE = "unsigned-archive";
    /// A signing key has no fingerprint.
    UNCHECKED_KEY = "unchecked-key";
    /// A file is not a public key.
    NOT_A_KEY = "not-a-key";
    /// The fingerprint of a key differs from the given one.
    OTHER_KEY = "other-key";
    SEVERAL_KEYS = "several-keys";
    /// A file contains a secret key instead of a public one.
    SECRET_KEY = "secret-key";
    /// The extension of a key file does not match its format.
    KEY_FILE_NAME = "key-file-name";
    /// A download can be changed in transit.
    PLAIN_HTTP = "plain-http";
    /// A system package must not be installed in an image.
    FORBIDDEN_PACKAGE = "forbidden-package";
    /// Requirements for a Python package exclude each other.
    CONTRADICTING_PYTHON = "contradicting-python";
    /// Python packages have no exact version.
    UNPINNED_PYTHON = "unpinned-python";
    /// Only some lines of a requirements file have a hash.
    MISSING_HASH = "missing-hash";
    /// Files of a copied folder are excluded from the build context.
    LEFT_OUT = "left-out";
    SAME_OUTPUT = "same-output";
    /// Compose uses another file instead of the generated one.
    OTHER_COMPOSE_FILE = "other-compose-file";
    /// The path of an output is reserved for other programs.
    RESERVED_OUTPUT = "reserved-output";
    /// `allow` has an unknown code.
    UNKNOWN_ALLOW = "unknown-allow";
    ALLOWED_ERROR = "allowed-error";
    /// `allow` suppresses nothing.
    UNUSED_ALLOW = "unused-allow";
}
