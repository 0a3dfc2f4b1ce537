//! A bound on the solver's work. It counts operations on sets of candidates, not time, so that the same input meets it
//! at the same place on every machine.

use std::cell::Cell;
use std::rc::Rc;

/// What finding the versions of one target may take. The examples take up to 1,000.
const SOLVING: u64 = 3_000_000;

/// What explaining the conflicts of all targets may take together. Those of the catalogue take up to 120,000.
const EXPLAINING: u64 = 3_000_000;

thread_local! { static OPERATIONS: Cell<u64> = const { Cell::new(0) }; }

/// Counts one operation on something of this size.
pub(super) fn count(size: usize) {
    OPERATIONS.set(OPERATIONS.get() + 1 + size as u64);
}

/// The work that is left, shared by its clones.
#[derive(Debug, Clone)]
pub(super) struct Budget(Rc<Cell<u64>>);

impl Budget {
    /// For finding the versions of one target.
    pub(super) fn solving() -> Self {
        Self::of(SOLVING)
    }

    /// For explaining why there are none.
    pub(super) fn explaining() -> Self {
        Self::of(EXPLAINING)
    }

    pub(super) fn of(operations: u64) -> Self {
        Self(Rc::new(Cell::new(operations)))
    }

    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }

    /// Starts to count work against this budget.
    pub(super) fn meter(&self) -> Meter<'_> {
        Meter { budget: self, from: OPERATIONS.get() }
    }
}

/// Work that is being done. What it came to is subtracted from the budget when it ends.
pub(super) struct Meter<'a> {
    budget: &'a Budget,
    from: u64,
}

impl Meter<'_> {
    /// Whether more was done than the budget had left.
    pub(super) fn is_over(&self) -> bool {
        OPERATIONS.get() - self.from >= self.budget.0.get()
    }
}

impl Drop for Meter<'_> {
    fn drop(&mut self) {
        let done = OPERATIONS.get() - self.from;
        self.budget.0.set(self.budget.0.get().saturating_sub(done));
    }
}
