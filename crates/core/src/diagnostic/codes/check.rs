//! Codes of `check`.

super::codes! { "check":
    /// A run option that the target cannot give.
    NOT_OFFERED = "not-offered";
    /// A container without walls.
    PRIVILEGED = "privileged";
    /// A container that is root on the host.
    DOCKER_SOCKET = "docker-socket";
    /// An image that runs as root.
    RUNS_AS_ROOT = "runs-as-root";
    PLAIN_SECRET = "plain-secret";
    /// A variable's name where a value is passed on unchanged.
    LITERAL_VARIABLE = "literal-variable";
    /// A variable with one value in the image and another one when it is started.
    TWO_VALUES = "two-values";
    /// A size of shared memory that is not the container's own.
    UNUSED_SHM_SIZE = "unused-shm-size";
    /// A port that nothing needs to lead to.
    UNUSED_PORT = "unused-port";
    /// `command` or `entrypoint` has a whole command line in one argument.
    SPACED_PROGRAM = "spaced-program";
    /// A parameter of the kernel that would be the host's.
    HOST_SYSCTL = "host-sysctl";
    /// CAN interfaces without the host's network.
    CAN_NETWORK = "can-network";
    /// Sockets of a desktop session that is another user's.
    SESSION_USER = "session-user";
    /// A service that there is not.
    UNKNOWN_SERVICE = "unknown-service";
    /// Services that wait for each other.
    SERVICE_CYCLE = "service-cycle";
    /// A service with a name that jcc uses.
    TAKEN_SERVICE = "taken-service";
    /// Two things in one place of the container.
    SAME_MOUNT = "same-mount";
    /// Two containers at one port of the host.
    SAME_PORT = "same-port";
    /// Two containers of one name.
    SAME_CONTAINER = "same-container";
    /// Ports of a container that has the network of another one.
    SHARED_NETWORK_PORT = "shared-network-port";
    /// A volume over the image's own system.
    SYSTEM_MOUNT = "system-mount";
    /// A device that is handed over twice.
    SAME_DEVICE = "same-device";
    NO_KEY = "no-key";
    /// An archive whose packages nobody signed.
    UNSIGNED_ARCHIVE = "unsigned-archive";
    /// A key that is believed as it comes.
    UNCHECKED_KEY = "unchecked-key";
    /// A file that is not a public key.
    NOT_A_KEY = "not-a-key";
    /// A key with another fingerprint than the one that is given.
    OTHER_KEY = "other-key";
    SEVERAL_KEYS = "several-keys";
    /// A secret key where a public key is needed.
    SECRET_KEY = "secret-key";
    /// A key file whose name has the wrong end.
    KEY_FILE_NAME = "key-file-name";
    /// Something that anyone on the way can change.
    PLAIN_HTTP = "plain-http";
    /// A system package that belongs to the host.
    FORBIDDEN_PACKAGE = "forbidden-package";
    /// Python packages in versions that exclude each other.
    CONTRADICTING_PYTHON = "contradicting-python";
    /// Python packages in whatever version is the newest.
    UNPINNED_PYTHON = "unpinned-python";
    /// Files of a copied folder that the build does not see.
    LEFT_OUT = "left-out";
    SAME_OUTPUT = "same-output";
    /// A file that Compose takes instead of the one that is written.
    OTHER_COMPOSE_FILE = "other-compose-file";
    /// An output where only other programs write.
    RESERVED_OUTPUT = "reserved-output";
    /// `allow` of a code that there is not.
    UNKNOWN_ALLOW = "unknown-allow";
    ALLOWED_ERROR = "allowed-error";
    /// `allow` of what did not happen.
    UNUSED_ALLOW = "unused-allow";
}
