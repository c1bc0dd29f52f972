//! Parquet: typed columns for pandas, Polars, DuckDB and Spark.
//!
//! Three files: `nodes`, `edges` and `mentions`, the places in texts where a paper names something. The columns are
//! those of `columns`; unknown values are null. The files use Snappy and dictionary encoding,
//! which every reader supports.

use std::fs::File;
use std::io::BufWriter;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;

use super::ExportError;
use super::columns::{ColumnType, ColumnValue, EDGE, ExportColumn, NODE};
use super::each::each;
use super::output::OutputFolder;
use crate::graph::ChosenPart;
use crate::index::LessSureNodes;
use crate::ontology::NodeKind;
use crate::store::StoredMention;

/// Number of rows in a row group, which is kept in memory.
const GROUP: usize = 65_536;

const MENTION: [ExportColumn<StoredMention>; 7] = [
    ExportColumn {
        name: "field",
        kind: ColumnType::Text,
        get: |m| Some(ColumnValue::Text(m.place.field.to_string().into())),
    },
    ExportColumn {
        name: "start",
        kind: ColumnType::Integer,
        get: |m| i64::try_from(m.place.start).ok().map(ColumnValue::Integer),
    },
    ExportColumn {
        name: "end",
        kind: ColumnType::Integer,
        get: |m| i64::try_from(m.place.end).ok().map(ColumnValue::Integer),
    },
    ExportColumn { name: "text", kind: ColumnType::Text, get: |m| Some(ColumnValue::Text((&m.text).into())) },
    ExportColumn {
        name: "confidence",
        kind: ColumnType::Real,
        // The decimal value: 0.9, and not 0.8999999762.
        get: |m| m.confidence.to_string().parse().ok().map(ColumnValue::Real),
    },
    ExportColumn { name: "relation", kind: ColumnType::Text, get: |m| Some(ColumnValue::Text((&m.relation).into())) },
    ExportColumn {
        name: "variant",
        kind: ColumnType::Text,
        get: |m| m.variant.as_deref().map(|v| ColumnValue::Text(v.into())),
    },
];

/// Writes the three files. One row group of each is in memory.
pub(crate) fn write(folder: &OutputFolder, chosen: &ChosenPart<'_>) -> Result<(), ExportError> {
    let mut nodes = TableWriter::new(folder, "nodes", &["id"], &NODE)?;
    let mut edges = TableWriter::new(folder, "edges", &["source", "target"], &EDGE)?;
    let mut mentions = TableWriter::new(folder, "mentions", &["paper", "entity"], &MENTION)?;
    for entry in chosen.entries() {
        let entry = entry?;
        nodes.row(&[&entry.node.id], &entry)?;
        for edge in &entry.edges {
            edges.row(&[&entry.node.id, &edge.to], edge)?;
        }
    }
    let base = chosen.store().base();
    let read = |papers: &[(String, _)]| {
        papers
            .iter()
            .map(|(id, _)| Ok((id.clone(), chosen.store().mentions_in(&base.node(id))?, chosen.less_sure(id)?)))
            .collect()
    };
    each(chosen.dated(NodeKind::Paper), read, |papers: Vec<(String, Vec<StoredMention>, LessSureNodes)>| {
        for (paper, all, less_sure) in &papers {
            for mention in all {
                let entity = base.id(mention.entity.as_str());
                if let Some(entity) = entity.filter(|entity| chosen.has(entity) && !less_sure.has_id(entity)) {
                    mentions.row(&[paper, entity], mention)?;
                }
            }
        }
        Ok(())
    })?;
    nodes.finish()?;
    edges.finish()?;
    mentions.finish()
}

/// A file that is being written: first the names that every row has, then the columns.
struct TableWriter<'c, T> {
    writer: SerializedFileWriter<BufWriter<File>>,
    columns: &'c [ExportColumn<T>],
    names: Vec<Vec<ByteArray>>,
    buffers: Vec<ColumnBuffer>,
    rows: usize,
}

/// The values of a column, with the levels that mark the rows without a value.
#[derive(Default)]
struct ColumnBuffer {
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    texts: Vec<ByteArray>,
    integers: Vec<i64>,
    reals: Vec<f64>,
    flags: Vec<bool>,
}

impl<'c, T> TableWriter<'c, T> {
    fn new(
        folder: &OutputFolder,
        name: &str,
        names: &[&str],
        columns: &'c [ExportColumn<T>],
    ) -> Result<Self, ExportError> {
        let mut schema = format!("message {name} {{\n");
        for name in names {
            schema.push_str(&format!("  REQUIRED BYTE_ARRAY {name} (STRING);\n"));
        }
        for ExportColumn { name, kind, .. } in columns {
            schema.push_str(&match kind {
                ColumnType::Text => format!("  OPTIONAL BYTE_ARRAY {name} (STRING);\n"),
                ColumnType::Integer => format!("  OPTIONAL INT64 {name};\n"),
                ColumnType::Real => format!("  OPTIONAL DOUBLE {name};\n"),
                ColumnType::Flag => format!("  OPTIONAL BOOLEAN {name};\n"),
                ColumnType::List => format!(
                    "  OPTIONAL group {name} (LIST) {{ REPEATED group list {{ REQUIRED BYTE_ARRAY element (STRING); }} }}\n"
                ),
            });
        }
        schema.push('}');
        let schema = Arc::new(parse_message_type(&schema)?);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("papergraph ", env!("CARGO_PKG_VERSION")).to_string())
            .build();
        let file = folder.file(&format!("{name}.parquet"))?;
        Ok(Self {
            writer: SerializedFileWriter::new(file, schema, Arc::new(properties))?,
            columns,
            names: names.iter().map(|_| Vec::new()).collect(),
            buffers: columns.iter().map(|_| ColumnBuffer::default()).collect(),
            rows: 0,
        })
    }

    fn row(&mut self, names: &[&str], row: &T) -> Result<(), ExportError> {
        for (column, name) in self.names.iter_mut().zip(names) {
            column.push(ByteArray::from(*name));
        }
        for (column, buffer) in self.columns.iter().zip(&mut self.buffers) {
            buffer.push((column.get)(row), column.kind == ColumnType::List);
        }
        self.rows += 1;
        if self.rows >= GROUP { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ExportError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for column in &mut self.names {
            if let Some(mut writer) = group.next_column()? {
                writer.typed::<ByteArrayType>().write_batch(column, None, None)?;
                writer.close()?;
            }
            column.clear();
        }
        for (column, buffer) in self.columns.iter().zip(&mut self.buffers) {
            if let Some(writer) = group.next_column()? {
                match column.kind {
                    ColumnType::Text | ColumnType::List => {
                        write_column::<ByteArrayType>(writer, &buffer.texts, buffer)?;
                    }
                    ColumnType::Integer => write_column::<Int64Type>(writer, &buffer.integers, buffer)?,
                    ColumnType::Real => write_column::<DoubleType>(writer, &buffer.reals, buffer)?,
                    ColumnType::Flag => write_column::<BoolType>(writer, &buffer.flags, buffer)?,
                }
            }
            *buffer = ColumnBuffer::default();
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    fn finish(mut self) -> Result<(), ExportError> {
        self.flush()?;
        self.writer.close()?;
        Ok(())
    }
}

fn write_column<D: DataType>(
    mut writer: SerializedColumnWriter<'_>,
    values: &[D::T],
    levels: &ColumnBuffer,
) -> Result<(), ExportError> {
    let repetitions = (!levels.repetitions.is_empty()).then_some(levels.repetitions.as_slice());
    writer.typed::<D>().write_batch(values, Some(&levels.definitions), repetitions)?;
    Ok(writer.close()?)
}

impl ColumnBuffer {
    /// A definition level of 0 is null, and 1 is a value. In a list, 1 is empty and 2 is a value, whose repetition
    /// level is 0 at the beginning of a row.
    fn push(&mut self, value: Option<ColumnValue<'_>>, list: bool) {
        match value {
            None => {
                self.definitions.push(0);
                self.repetitions.extend(list.then_some(0));
            }
            Some(ColumnValue::List(list)) => {
                if list.is_empty() {
                    self.definitions.push(1);
                    self.repetitions.push(0);
                }
                for (i, text) in list.into_iter().enumerate() {
                    self.definitions.push(2);
                    self.repetitions.push(i16::from(i > 0));
                    self.texts.push(ByteArray::from(text));
                }
            }
            Some(ColumnValue::Text(text)) => {
                self.definitions.push(1);
                self.texts.push(ByteArray::from(text.as_ref()));
            }
            Some(ColumnValue::Integer(number)) => {
                self.definitions.push(1);
                self.integers.push(number);
            }
            Some(ColumnValue::Real(number)) => {
                self.definitions.push(1);
                self.reals.push(number);
            }
            Some(ColumnValue::Flag(flag)) => {
                self.definitions.push(1);
                self.flags.push(flag);
            }
        }
    }
}
