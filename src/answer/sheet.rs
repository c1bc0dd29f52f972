/// An answer as rows of text, for CSV and TSV.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The names of the columns.
    pub heading: Vec<String>,
    /// The rows below the heading.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// A sheet with this heading and no rows.
    pub fn new<const N: usize>(heading: [&str; N]) -> Self {
        Self { heading: heading.map(str::to_string).into(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, row: [String; N]) {
        self.rows.push(row.into());
    }
}
