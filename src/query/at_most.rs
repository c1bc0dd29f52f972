use super::QueryError;

/// Limits the number of rows. One row more is an error, so that a result is never cut.
pub(crate) struct RowLimit<I> {
    rows: I,
    max_rows: usize,
    taken: usize,
}

impl<I> RowLimit<I> {
    pub(crate) fn new(rows: I, most: usize) -> Self {
        Self { rows, max_rows: most, taken: 0 }
    }
}

impl<T, I: Iterator<Item = Result<T, QueryError>>> Iterator for RowLimit<I> {
    type Item = Result<T, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.taken > self.max_rows {
            return None;
        }
        let row = self.rows.next()?;
        self.taken += 1;
        Some(if self.taken > self.max_rows { Err(QueryError::TooMany { most: self.max_rows }) } else { row })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_of_the_size_allowed_is_whole_and_a_larger_one_an_error() {
        let taken = |n: usize, most| RowLimit::new((0..n).map(Ok), most).collect::<Result<Vec<_>, QueryError>>();
        assert_eq!(taken(3, 3).unwrap(), [0, 1, 2]);
        assert!(matches!(taken(4, 3), Err(QueryError::TooMany { most: 3 })));
    }
}
