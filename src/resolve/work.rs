//! A bound on the solver's work. It counts operations on sets of candidates instead of time, so that the same
//! input reaches it at the same point on every machine.

use std::cell::Cell;
use std::rc::Rc;

/// The maximum number of operations to resolve one target. The examples take up to 1,000.
const SOLVING: u64 = 3_000_000;

/// The maximum number of operations to explain the conflicts of all targets together. Those of the catalogue
/// take up to 120,000.
const EXPLAINING: u64 = 3_000_000;

thread_local! { static OPERATIONS: Cell<u64> = const { Cell::new(0) }; }

/// Counts one operation on a value of this size.
pub(super) fn count(size: usize) {
    OPERATIONS.set(OPERATIONS.get() + 1 + size as u64);
}

/// The number of operations that are left. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Budget(Rc<Cell<u64>>);

impl Budget {
    /// Returns the budget for resolving one target.
    pub(super) fn solving() -> Self {
        Self::of(SOLVING)
    }

    /// Returns the budget for explaining conflicts.
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

/// Measures work in progress. When it is dropped, the work is subtracted from the budget.
pub(super) struct Meter<'a> {
    budget: &'a Budget,
    from: u64,
}

impl Meter<'_> {
    /// Whether the budget is used up.
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
