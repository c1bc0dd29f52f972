//! The answer to a query as an Arrow table, which other libraries take over without a copy.

use std::sync::Arc;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, RecordBatchIterator, RecordBatchOptions,
    StringArray,
};
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, Field, Schema};
use oxigraph::model::vocab::xsd;
use oxigraph::model::{Literal, NamedNodeRef, Term};
use papergraph::query::{Solutions, Triples};
use papergraph::question::Base;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use serde_json::{Map, Value};

use crate::failure::{PythonException, PythonFailure, detached};

/// Rows with named columns. A column of only integers, numbers or truth values has that type, any other is text.
#[pyclass(frozen, module = "papergraph._core")]
pub struct Table {
    batch: RecordBatch,
}

#[pymethods]
impl Table {
    /// The Arrow PyCapsule interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A consumer of the stream may ask for other types, and must accept these.
        let _ = requested_schema;
        let batches = RecordBatchIterator::new([Ok(self.batch.clone())], self.batch.schema());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), c"arrow_array_stream")
    }

    /// The Arrow PyCapsule interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = detached(py, || FFI_ArrowSchema::try_from(&*self.batch.schema()).map_err(failure))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    fn column_names(&self) -> Vec<String> {
        self.batch.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// The rows as a JSON array of objects.
    fn rows(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, || {
            let schema = self.batch.schema();
            let rows = (0..self.batch.num_rows()).map(|row| {
                let cells = schema.fields().iter().zip(self.batch.columns());
                cells.map(|(field, column)| (field.name().clone(), cell(column, row))).collect::<Map<_, _>>()
            });
            let rows: Vec<Map<String, Value>> = rows.collect();
            serde_json::to_string(&rows).map_err(|error| PythonFailure::new(PythonException::Error, error.to_string()))
        })
    }
}

impl Table {
    /// With a base, IRIs have their short form: `dataset:coco`.
    pub fn of_solutions(rows: Solutions, base: Option<&Base>) -> Result<Self, PythonFailure> {
        let names = rows.variables().iter().map(|variable| variable.as_str().to_string()).collect();
        let mut columns = vec![Vec::new(); rows.variables().len()];
        for row in rows {
            let row = row?;
            for (column, term) in columns.iter_mut().zip(row.values()) {
                column.push(term.clone());
            }
        }
        Self::new(names, columns, base)
    }

    /// As [`Table::of_solutions`], for the triples of a CONSTRUCT or DESCRIBE.
    pub fn of_triples(triples: Triples, base: Option<&Base>) -> Result<Self, PythonFailure> {
        let mut columns = vec![Vec::new(); 3];
        for triple in triples {
            let triple = triple?;
            let terms = [Term::from(triple.subject), Term::from(triple.predicate), triple.object];
            for (column, term) in columns.iter_mut().zip(terms) {
                column.push(Some(term));
            }
        }
        Self::new(["subject", "predicate", "object"].map(str::to_string).into(), columns, base)
    }

    fn new(names: Vec<String>, columns: Vec<Vec<Option<Term>>>, base: Option<&Base>) -> Result<Self, PythonFailure> {
        let rows = columns.first().map_or(0, Vec::len);
        // A column of terms is dropped as soon as its array is made.
        let arrays: Vec<ArrayRef> = columns.into_iter().map(|terms| array(&terms, base)).collect();
        let fields =
            names.into_iter().zip(&arrays).map(|(name, array)| Field::new(name, array.data_type().clone(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(schema, arrays, &options).map_err(failure)?;
        Ok(Self { batch })
    }
}

fn failure(error: ArrowError) -> PythonFailure {
    PythonFailure::new(PythonException::Error, error.to_string())
}

/// The most specific type that all terms of a column fit.
fn array(terms: &[Option<Term>], base: Option<&Base>) -> ArrayRef {
    if let Some(integers) = values(terms, integer) {
        return Arc::new(Int64Array::from(integers));
    }
    if let Some(numbers) = values(terms, number) {
        return Arc::new(Float64Array::from(numbers));
    }
    if let Some(booleans) = values(terms, boolean) {
        return Arc::new(BooleanArray::from(booleans));
    }
    Arc::new(terms.iter().map(|term| term.as_ref().map(|term| text(term, base))).collect::<StringArray>())
}

/// The values of a column; `None` if a term is something else, or there is no term at all.
fn values<T>(terms: &[Option<Term>], read: impl Fn(&Literal) -> Option<T>) -> Option<Vec<Option<T>>> {
    terms.iter().flatten().next()?;
    let value = |term: &Option<Term>| match term {
        None => Some(None),
        Some(Term::Literal(literal)) => read(literal).map(Some),
        Some(_) => None,
    };
    terms.iter().map(value).collect()
}

const INTEGERS: [NamedNodeRef<'static>; 13] = [
    xsd::INTEGER,
    xsd::INT,
    xsd::LONG,
    xsd::SHORT,
    xsd::BYTE,
    xsd::NON_NEGATIVE_INTEGER,
    xsd::NON_POSITIVE_INTEGER,
    xsd::POSITIVE_INTEGER,
    xsd::NEGATIVE_INTEGER,
    xsd::UNSIGNED_INT,
    xsd::UNSIGNED_LONG,
    xsd::UNSIGNED_SHORT,
    xsd::UNSIGNED_BYTE,
];

fn integer(literal: &Literal) -> Option<i64> {
    INTEGERS.contains(&literal.datatype()).then(|| literal.value().parse().ok()).flatten()
}

fn number(literal: &Literal) -> Option<f64> {
    let is_number = [xsd::DECIMAL, xsd::DOUBLE, xsd::FLOAT].contains(&literal.datatype());
    (is_number || INTEGERS.contains(&literal.datatype())).then(|| literal.value().parse().ok()).flatten()
}

fn boolean(literal: &Literal) -> Option<bool> {
    match (literal.datatype() == xsd::BOOLEAN, literal.value()) {
        (true, "true" | "1") => Some(true),
        (true, "false" | "0") => Some(false),
        _ => None,
    }
}

fn text(term: &Term, base: Option<&Base>) -> String {
    match (term, base) {
        (Term::NamedNode(node), Some(base)) => base.shorten(node.as_str()),
        (Term::NamedNode(node), None) => node.as_str().to_string(),
        (Term::BlankNode(node), _) => node.to_string(),
        (Term::Literal(literal), _) => literal.value().to_string(),
    }
}

fn cell(column: &ArrayRef, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    let any = column.as_any();
    if let Some(texts) = any.downcast_ref::<StringArray>() {
        return texts.value(row).into();
    }
    if let Some(integers) = any.downcast_ref::<Int64Array>() {
        return integers.value(row).into();
    }
    if let Some(numbers) = any.downcast_ref::<Float64Array>() {
        return numbers.value(row).into();
    }
    any.downcast_ref::<BooleanArray>().map_or(Value::Null, |booleans| booleans.value(row).into())
}
