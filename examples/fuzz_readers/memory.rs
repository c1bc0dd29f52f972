//! Measures the largest amount of memory in use during a piece of work.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// No input may ask for more at once; a refusal ends the process, which is reported.
const TOO_MUCH: usize = 4 << 30;

/// The allocator of the system, with a count. Memory of libraries in C is not counted.
pub(crate) struct CountingAllocator {
    held: AtomicUsize,
    most: AtomicUsize,
}

impl CountingAllocator {
    pub(crate) const fn new() -> Self {
        Self { held: AtomicUsize::new(0), most: AtomicUsize::new(0) }
    }

    /// Begins to count; returns the bytes in use now.
    pub(crate) fn start(&self) -> usize {
        let held = self.held.load(Ordering::Relaxed);
        self.most.store(held, Ordering::Relaxed);
        held
    }

    /// The largest number of bytes in use since the count began.
    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }

    fn took(&self, bytes: usize) {
        let held = self.held.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.most.fetch_max(held, Ordering::Relaxed);
    }
}

// SAFETY: every call is passed on unchanged to the allocator of the system; only counters are added.
unsafe impl GlobalAlloc for CountingAllocator {
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
