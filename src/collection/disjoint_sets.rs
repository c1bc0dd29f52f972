//! Sets that are joined and never split.

/// Disjoint sets of numbers. The root of a set is its smallest member.
pub(super) struct DisjointSets(Vec<u32>);

impl DisjointSets {
    /// Each number below `members` in a set of its own.
    pub(super) fn new(members: usize) -> Self {
        Self((0..members as u32).collect())
    }

    pub(super) fn root(&mut self, mut member: u32) -> u32 {
        while self.0[member as usize] != member {
            let above = self.0[self.0[member as usize] as usize];
            self.0[member as usize] = above;
            member = above;
        }
        member
    }

    /// Joins the sets of two members. Returns the root.
    pub(super) fn join(&mut self, a: u32, b: u32) -> u32 {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b) as usize] = a.min(b);
        a.min(b)
    }
}
