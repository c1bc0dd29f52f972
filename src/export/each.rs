//! Renders many items as text, on all cores and in order.

use std::io::Write;

use rayon::prelude::*;

use super::ExportError;
use crate::graph::LeavingEdges;
use crate::store::StoreError;

/// Number of items in memory.
const BATCH: usize = 8192;
/// Number of consecutive items that one core renders.
const TOGETHER: usize = 256;

/// Renders items in parallel and passes the results on in the order of the items.
pub(super) fn each<T: Send + Sync, R: Send>(
    mut items: impl Iterator<Item = Result<T, StoreError>>,
    render: impl Fn(&[T]) -> Result<R, ExportError> + Sync,
    mut take: impl FnMut(R) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    loop {
        let batch = items.by_ref().take(BATCH).collect::<Result<Vec<T>, _>>()?;
        if batch.is_empty() {
            return Ok(());
        }
        let rendered: Vec<Result<R, ExportError>> = batch.par_chunks(TOGETHER).map(&render).collect();
        rendered.into_iter().try_for_each(|rendered| take(rendered?))?;
    }
}

/// The edges of each node, with the running number of its first edge.
pub(super) fn numbered(
    edges: impl Iterator<Item = Result<LeavingEdges, StoreError>>,
) -> impl Iterator<Item = Result<(usize, LeavingEdges), StoreError>> {
    let mut next = 0;
    edges.map(move |leaving| {
        let leaving = leaving?;
        let first = next;
        next += leaving.edges.len();
        Ok((first, leaving))
    })
}

/// Writes items with commas between them; `render` appends an item to the text.
pub(super) fn listed<T: Send + Sync>(
    out: &mut dyn Write,
    items: impl Iterator<Item = Result<T, StoreError>>,
    render: impl Fn(&T, &mut Vec<String>) -> Result<(), ExportError> + Sync,
) -> Result<(), ExportError> {
    let mut comma = "";
    let render = |items: &[T]| {
        let mut texts = Vec::new();
        items.iter().try_for_each(|item| render(item, &mut texts))?;
        Ok(texts.join(",\n"))
    };
    each(items, render, |text| {
        if !text.is_empty() {
            write!(out, "{comma}{text}")?;
            comma = ",\n";
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rendered_on_many_cores_keeps_its_order() {
        let items = (0..20_000_u32).map(Ok);
        let mut all = Vec::new();
        let take = |some: Vec<u32>| {
            all.extend(some);
            Ok(())
        };
        each(items, |some| Ok(some.to_vec()), take).unwrap();
        assert!(all.iter().copied().eq(0..20_000));
    }
}
