//! The digests of the images in a lock.

use crate::value::{Digest, ImageRef};

use super::{Lock, LockedTarget};

impl LockedTarget {
    /// Adds the locked digest to an image with the same repository and tag, unless it already has a digest.
    #[must_use]
    pub fn with_locked_digest(&self, image: ImageRef) -> ImageRef {
        let same = |one: &&ImageRef| one.repository() == image.repository() && one.tag() == image.tag();
        let all = self.images().chain(self.further_images.values());
        let locked = all.filter(same).find_map(ImageRef::digest);
        match locked {
            Some(digest) if image.digest().is_none() => image.with_digest(digest.clone()),
            _ => image,
        }
    }

    /// The base images, of the final image and of build stages.
    pub fn images(&self) -> impl Iterator<Item = &ImageRef> {
        std::iter::once(&self.base).chain(&self.devel)
    }

    /// Adds a digest to each image that has none, if `lookup` finds one.
    pub fn add_digests(&mut self, lookup: impl Fn(&ImageRef) -> Option<Digest>) {
        for image in std::iter::once(&mut self.base).chain(&mut self.devel) {
            if image.digest().is_none()
                && let Some(digest) = lookup(image)
            {
                *image = image.with_digest(digest);
            }
        }
    }
}

impl Lock {
    /// Returns the lock without the digests of its images.
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
