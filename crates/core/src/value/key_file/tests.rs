use super::*;

const VENDOR: &str = include_str!("../../../../../tests/cases/reject/files/keys/vendor.asc");
const TWO: &str = include_str!("../../../../../tests/cases/reject/files/keys/two.asc");
const BINARY: &[u8] = include_bytes!("../../../../../tests/cases/reject/files/keys/vendor.gpg");
const RSA: &[u8] = include_bytes!("../../../../../tests/cases/reject/files/keys/rsa.gpg");
const ROS: &str = include_str!("../../../../../packages/robotics/ros/ros.asc");

/// The fingerprints that `gpg --show-keys` prints.
const OF_VENDOR: &str = "8FEFBB28088692FB96C449F9CB812F59D58EC48E";
const OF_OTHER: &str = "DEAE153DD94A79B8DC7D11B04D65865E9D190DFA";
const OF_RSA: &str = "8AC720E9336256B50CF6B9C5BB38BB564874DEE9";

fn read(bytes: &[u8]) -> Result<(String, bool), KeyFault> {
    KeyFile::read(bytes).map(|key| (key.fingerprint.to_string(), key.armored))
}

fn why(bytes: impl AsRef<[u8]>) -> String {
    match KeyFile::read(bytes.as_ref()) {
        Err(KeyFault::NotAKey(why)) => why,
        other => panic!("{other:?}"),
    }
}

/// Removes the checksum of a text, so that it can be changed.
fn without_checksum(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.starts_with('=')).collect()
}

#[test]
fn fingerprints_equal_those_of_gnupg() {
    assert_eq!(read(VENDOR.as_bytes()), Ok((OF_VENDOR.to_owned(), true)));
    assert_eq!(read(BINARY), Ok((OF_VENDOR.to_owned(), false)));
    assert_eq!(read(RSA), Ok((OF_RSA.to_owned(), false)));
    assert_eq!(read(ROS.as_bytes()), Ok(("C1CF6E31E6BADE8868B172B4F42ED6FBAB17C654".to_owned(), true)));
    assert_eq!(read(without_checksum(VENDOR).as_bytes()), Ok((OF_VENDOR.to_owned(), true)));
    let surrounded = format!(
        "Our key:\n\n{}\nThat was it.\n",
        VENDOR.replace("BLOCK-----\n\n", "BLOCK-----\nVersion: 1\nComment:\n\n")
    );
    assert_eq!(read(surrounded.as_bytes()), Ok((OF_VENDOR.to_owned(), true)));
}

#[test]
fn a_second_key_is_found_where_apt_finds_it() {
    let both = |bytes: &[u8]| match KeyFile::read(bytes) {
        Err(KeyFault::Several(all)) => all.iter().map(ToString::to_string).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(both(TWO.as_bytes()), [OF_VENDOR, OF_OTHER]);
    assert_eq!(both([BINARY, RSA].concat().as_slice()), [OF_VENDOR, OF_RSA]);
    assert_eq!(both([VENDOR, ROS].concat().as_bytes()).len(), 2);
    assert_eq!(both([VENDOR, ROS, VENDOR].concat().as_bytes()).len(), 3);
    // `apt-key` reads blocks of any type as part of the keyring.
    let disguised = ROS.replace("PGP PUBLIC KEY BLOCK", "PGP ARMORED FILE");
    assert_eq!(why([VENDOR, &disguised].concat()), "it contains a second block of another type");
    assert_eq!(why([&disguised, VENDOR].concat()), "it contains a second block of another type");
    assert_eq!(why(&disguised), "its block is of another type");
}

#[test]
fn secret_keys_are_recognised() {
    assert_eq!(read(b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nx"), Err(KeyFault::Secret));
    // A secret key packet in the old and new format, alone and after a public key.
    assert_eq!(read(&[0x94, 1, 4]), Err(KeyFault::Secret));
    assert_eq!(read(&[0xc5, 1, 4]), Err(KeyFault::Secret));
    assert_eq!(read(&[BINARY, &[0xc7, 1, 4]].concat()), Err(KeyFault::Secret));
}

#[test]
fn keys_that_apt_cannot_read_are_rejected() {
    assert_eq!(why(""), "it is empty");
    assert_eq!(why("x"), "it contains no `BEGIN PGP PUBLIC KEY BLOCK`");
    assert_eq!(why("-----BEGIN PGP PUBLIC KEY BLOCK-----"), "the empty line before the key data is missing");
    assert_eq!(
        why(VENDOR.replace('\n', "\r\n")),
        "it has CRLF line endings, in which apt finds no key: save it with LF"
    );
    assert_eq!(
        why(VENDOR.replace("BLOCK-----\n\n", "BLOCK-----\n")),
        "the empty line before the key data is missing"
    );
    assert_eq!(why(VENDOR.replace("mDME", "mD ME")), "one of its lines is not valid base64");
    assert_eq!(why(&VENDOR[..200]), "`END PGP PUBLIC KEY BLOCK` is missing after the key data");
    assert_eq!(why(VENDOR.replace("mDME", "mDMF")), "it is damaged: the checksum does not match");
    assert_eq!(why(without_checksum(VENDOR).replace("mDMEaVW5", "mDMEaVW")), "its base64 data is truncated");
    assert_eq!(why(without_checksum(VENDOR).replace("mDME", "gDME")), "it does not start with a public key");
    assert_eq!(why(b"\0\0\0\x20\x01\x01\0\x02KBXf\0\0\0\0"), "it is a GnuPG keybox, which apt cannot read");
    assert_eq!(why(&BINARY[..40]), "it is truncated");
    assert_eq!(why([BINARY, b"x"].concat()), "it does not consist of OpenPGP packets");
    assert_eq!(
        why([BINARY, &[0xc8, 0]].concat()),
        "it contains a packet of type 8, which is not part of a key"
    );
    assert_eq!(why([0x98, 7, 3, 0, 0, 0, 0, 0, 0]), "its key has version 3; apt needs version 4");
    assert_eq!(
        why([0x9a, 0, 0, 0, 7, 4, 0, 0, 0, 0, 1, 0]),
        "it does not start like any keyring format that apt supports"
    );
    assert_eq!(why(vec![b'x'; KeyFile::LARGEST + 1]), "it is larger than 1024 KiB");
}

#[test]
fn arbitrary_bytes_do_not_panic() {
    for cut in 0..VENDOR.len() {
        assert!(KeyFile::read(&VENDOR.as_bytes()[..cut]).is_err() || cut + 1 >= VENDOR.len(), "{cut}");
    }
    for cut in 0..BINARY.len() {
        // A key without the packets after the first one is still that key.
        let _ = KeyFile::read(&BINARY[..cut]);
    }
    for at in 0..BINARY.len() {
        for bit in 0..8 {
            let mut changed = BINARY.to_vec();
            changed[at] ^= 1 << bit;
            if let Ok(key) = KeyFile::read(&changed) {
                assert!(at > 52 || key.fingerprint.as_str() != OF_VENDOR, "{at}");
            }
        }
    }
}
