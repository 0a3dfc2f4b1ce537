//! The digests of images that a lock holds.

use crate::value::{Digest, ImageRef};

use super::{Lock, LockedTarget};

impl LockedTarget {
    /// An image with the digest that the lock holds for its tag, unless it has one already.
    #[must_use]
    pub fn held(&self, image: ImageRef) -> ImageRef {
        let same = |one: &&ImageRef| one.repository() == image.repository() && one.tag() == image.tag();
        let locked = std::iter::once(&self.base).chain(&self.devel).filter(same).find_map(ImageRef::digest);
        match locked {
            Some(digest) if image.digest().is_none() => image.with_digest(digest.clone()),
            _ => image,
        }
    }

    /// The images that it names, to start from and to build in.
    pub fn images(&self) -> impl Iterator<Item = &ImageRef> {
        std::iter::once(&self.base).chain(&self.devel)
    }

    /// Gives each image that has no digest the one that is found for it.
    pub fn give_digests(&mut self, found: impl Fn(&ImageRef) -> Option<Digest>) {
        for image in std::iter::once(&mut self.base).chain(&mut self.devel) {
            if image.digest().is_none()
                && let Some(digest) = found(image)
            {
                *image = image.with_digest(digest);
            }
        }
    }
}

impl Lock {
    /// The same without the digests of images.
    #[must_use]
    pub fn without_digests(&self) -> Self {
        let mut lock = self.clone();
        for target in lock.targets.values_mut() {
            target.base = target.base.without_digest();
            target.devel = target.devel.as_ref().map(ImageRef::without_digest);
        }
        lock
    }
}
