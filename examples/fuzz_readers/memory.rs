//! How much memory is held at most while something goes on.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Nothing that is read here may ask for more at once; a refusal ends the process, which is reported.
const TOO_MUCH: usize = 4 << 30;

/// The allocator of the system, with a count of what it gave. What libraries in C take is not in it.
pub(crate) struct Counting {
    held: AtomicUsize,
    most: AtomicUsize,
}

impl Counting {
    pub(crate) const fn new() -> Self {
        Self { held: AtomicUsize::new(0), most: AtomicUsize::new(0) }
    }

    /// Begins to count; returns what is held now.
    pub(crate) fn start(&self) -> usize {
        let held = self.held.load(Ordering::Relaxed);
        self.most.store(held, Ordering::Relaxed);
        held
    }

    /// The most bytes that were held since the count began.
    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }

    fn took(&self, bytes: usize) {
        let held = self.held.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.most.fetch_max(held, Ordering::Relaxed);
    }
}

// SAFETY: every call goes to the allocator of the system as it came; only counters are beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if self.held.load(Ordering::Relaxed).saturating_add(layout.size()) > TOO_MUCH {
            return std::ptr::null_mut();
        }
        self.took(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.held.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}
