//! Tables as the paper prints them: rows of cells that can span several columns and rows.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::DocumentLocation;

/// Largest number of rows and columns of a grid; the rest is left out. No printed table is larger.
const MAX_ROWS: usize = 1_000;
const MAX_COLUMNS: usize = 200;

/// A table with its caption.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Table {
    /// `Table 2`, as the text refers to it; empty if the paper gives no label.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// The caption without the label.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub caption: String,
    /// Each row has the cells that begin in it, from left to right, as in HTML: a cell that spans down from a row
    /// above is not repeated. Empty cells are included.
    pub rows: Vec<Vec<Cell>>,
    /// Notes printed below the table.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// Where it is in the document, if the format says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<DocumentLocation>,
}

/// A cell. A cell with nothing but text is serialised as a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The text on one line, without markup. Line breaks of the cell become spaces.
    pub text: String,
    /// Whether the source marks it as a header (`th`, the row above a pipe table's dashes, cells above the first
    /// rule of `booktabs`). It is also false in sources that mark no headers, so false is no evidence.
    pub is_header: bool,
    /// Whether all of its text is bold.
    pub is_bold: bool,
    /// Number of rows and columns that it spans, at least 1.
    pub row_span: u16,
    /// Number of columns that it covers.
    pub column_span: u16,
    /// Indexes of the references that it cites, from 0.
    pub cites: Vec<u32>,
}

/// A table with every position filled: a cell that spans several positions is in each of them.
#[derive(Debug)]
pub struct Grid<'t> {
    cells: Vec<Option<&'t Cell>>,
    width: usize,
}

impl Table {
    /// The caption, the notes and the text of every cell.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let cells = self.rows.iter().flatten().map(|cell| cell.text.as_str());
        [self.caption.as_str(), self.notes.as_str()].into_iter().chain(cells)
    }

    /// The cells by row and column, with spans resolved.
    pub fn grid(&self) -> Grid<'_> {
        let height = self.rows.len().min(MAX_ROWS);
        let mut rows: Vec<Vec<Option<&Cell>>> = vec![Vec::new(); height];
        for (at, row) in self.rows.iter().take(height).enumerate() {
            let mut column = 0;
            for cell in row {
                while rows[at].get(column).is_some_and(Option::is_some) {
                    column += 1;
                }
                let right = (column + usize::from(cell.column_span.max(1))).min(MAX_COLUMNS);
                let below = (at + usize::from(cell.row_span.max(1))).min(height);
                for covered in &mut rows[at..below] {
                    if covered.len() < right {
                        covered.resize(right, None);
                    }
                    covered.get_mut(column..right).unwrap_or_default().fill(Some(cell));
                }
                column = right;
            }
        }
        let width = rows.iter().map(Vec::len).max().unwrap_or_default();
        rows.iter_mut().for_each(|row| row.resize(width, None));
        Grid { cells: rows.into_iter().flatten().collect(), width }
    }
}

impl<'t> Grid<'t> {
    /// Number of columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    pub fn height(&self) -> usize {
        self.cells.len().checked_div(self.width).unwrap_or_default()
    }

    /// The cell at this position, both numbers from 0; `None` if the row ends before this column.
    pub fn at(&self, row: usize, column: usize) -> Option<&'t Cell> {
        if column >= self.width {
            return None;
        }
        self.cells.get(row * self.width + column).copied().flatten()
    }

    /// The text at this position; empty if there is no cell.
    pub fn text(&self, row: usize, column: usize) -> &'t str {
        self.at(row, column).map_or("", |cell| cell.text.as_str())
    }
}

impl Default for Cell {
    fn default() -> Self {
        Self { text: String::new(), is_header: false, is_bold: false, row_span: 1, column_span: 1, cites: Vec::new() }
    }
}

impl Cell {
    /// A cell of the body.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A cell of a heading.
    pub fn header(text: impl Into<String>) -> Self {
        Self { is_header: true, ..Self::new(text) }
    }
}

/// The serialised form of a cell with more than text.
#[derive(Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
struct MarkedCell {
    text: String,
    #[serde(rename = "header", default, skip_serializing_if = "is_default")]
    is_header: bool,
    #[serde(rename = "bold", default, skip_serializing_if = "is_default")]
    is_bold: bool,
    #[serde(rename = "rows", default = "one", skip_serializing_if = "is_one")]
    row_span: u16,
    #[serde(rename = "columns", default = "one", skip_serializing_if = "is_one")]
    column_span: u16,
    #[serde(default, skip_serializing_if = "is_default")]
    cites: Vec<u32>,
}

fn one() -> u16 {
    1
}

fn is_one(n: &u16) -> bool {
    *n == 1
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let Self { text, is_header, is_bold, row_span, column_span, cites } = self.clone();
        let marked = MarkedCell { text, is_header, is_bold, row_span, column_span, cites };
        if *self == Self::new(&*marked.text) { s.serialize_str(&marked.text) } else { marked.serialize(s) }
    }
}

#[cfg(json_schema)]
impl schemars::JsonSchema for Cell {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cell".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let marked = generator.subschema_for::<MarkedCell>();
        schemars::json_schema!({ "anyOf": [{ "type": "string" }, marked], "description": "A cell; a string if it is only text." })
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Marked(MarkedCell),
        }
        Ok(match Written::deserialize(d)? {
            Written::Text(text) => Self::new(text),
            Written::Marked(MarkedCell { text, is_header, is_bold, row_span, column_span, cites }) => {
                Self { text, is_header, is_bold, row_span, column_span, cites }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(texts: &[&str]) -> Vec<Cell> {
        texts.iter().map(|text| Cell::new(*text)).collect()
    }

    #[test]
    fn a_cell_is_in_every_position_that_it_covers() {
        let table = Table {
            rows: vec![
                vec![Cell { row_span: 2, ..Cell::header("Model") }, Cell { column_span: 2, ..Cell::header("COCO") }],
                row(&["AP", "AP50"]),
                row(&["Ours", "40.1", "61.0"]),
                row(&["Short"]),
            ],
            ..Table::default()
        };
        let grid = table.grid();
        let line = |at| (0..grid.width()).map(|column| grid.text(at, column)).collect::<Vec<_>>().join("|");
        assert_eq!((grid.height(), grid.width()), (4, 3));
        assert_eq!(
            [line(0), line(1), line(2), line(3)],
            ["Model|COCO|COCO", "Model|AP|AP50", "Ours|40.1|61.0", "Short||"]
        );
        assert_eq!(grid.at(3, 1), None);
        assert_eq!(grid.at(0, 7), None);
    }

    #[test]
    fn a_table_is_written_compactly_and_read_back() {
        let table = Table {
            label: "Table 2".to_string(),
            rows: vec![vec![
                Cell { cites: vec![3], ..Cell::new("Kim [4]") },
                Cell { is_bold: true, column_span: 2, ..Cell::new("9.1") },
                Cell::new("8"),
            ]],
            location: Some(DocumentLocation::Page { number: 3, area: Some([72, 100, 300, 420]) }),
            ..Table::default()
        };
        let written = serde_json::to_string(&table).unwrap();
        insta::assert_snapshot!(written, @r#"{"label":"Table 2","rows":[[{"text":"Kim [4]","cites":[3]},{"text":"9.1","bold":true,"columns":2},"8"]],"location":{"page":{"number":3,"area":[72,100,300,420]}}}"#);
        assert_eq!(serde_json::from_str::<Table>(&written).unwrap(), table);
    }

    proptest::proptest! {
        #[test]
        fn spans_of_any_size_make_a_grid_within_limits(
            spans in proptest::collection::vec(proptest::collection::vec((0_u16.., 0_u16..), 0..5), 0..20),
        ) {
            let cell = |&(row_span, column_span): &(u16, u16)| Cell { row_span, column_span, ..Cell::new("x") };
            let table =
                Table { rows: spans.iter().map(|row| row.iter().map(cell).collect()).collect(), ..Table::default() };
            let grid = table.grid();
            proptest::prop_assert!(grid.width() <= MAX_COLUMNS && grid.height() <= spans.len());
        }
    }
}
