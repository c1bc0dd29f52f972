//! Maps an IRI of the graph to a path on the server, and back. The base of the IRIs is the server's root.

use oxigraph::model::NamedNode;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::ontology::Base;

/// The path of an IRI below the base: `/dataset/coco`. `None` for IRIs outside the base.
pub(super) fn path(base: &Base, iri: &str) -> Option<String> {
    let local = iri.strip_prefix(base.as_str())?;
    let mut path = String::with_capacity(local.len() + 1);
    path.push('/');
    for c in local.chars() {
        if c.is_ascii() {
            path.push(c);
        } else {
            path.extend(utf8_percent_encode(c.encode_utf8(&mut [0; 4]), NON_ALPHANUMERIC));
        }
    }
    Some(path)
}

/// The IRIs that a path can mean, the most likely first: unchanged; fully decoded and percent-encoded again, because
/// clients differ in what they encode; in lower case.
pub(super) fn iris(base: &Base, path: &str) -> Vec<NamedNode> {
    let local = path.trim_start_matches('/');
    let mut iris = Vec::new();
    let mut add = |iri: NamedNode| {
        if !iris.contains(&iri) {
            iris.push(iri);
        }
    };
    if let Ok(iri) = NamedNode::new(format!("{}{local}", base.as_str())) {
        add(iri);
    }
    if let Ok(decoded) = percent_decode_str(local).decode_utf8() {
        add(base.node(&decoded));
        add(base.node(&decoded.to_lowercase()));
    }
    // A `%` that belongs to the id stays encoded in the IRI, in either case of its hexadecimal digits.
    if let Ok(decoded) = percent_decode_str(&local.replace("%25", "%2525")).decode_utf8() {
        add(base.node(&decoded));
    }
    iris
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_back_to_its_iri() {
        let base = Base::default();
        for id in ["dataset/coco", "method/c++", "method/größe", "page/example.org/a b?x=<y>#z", "paper/x%20y"] {
            let iri = base.node(id);
            let path = path(&base, iri.as_str()).unwrap();
            assert!(path.is_ascii() && path.starts_with('/'), "{path}");
            assert!(iris(&base, &path).contains(&iri), "{path}");
        }
        assert_eq!(path(&base, "https://example.org/x"), None);
    }

    #[test]
    fn other_ways_to_encode_mean_the_same() {
        let base = Base::default();
        assert!(iris(&base, "/method/c%2B%2B").contains(&base.node("method/c++")));
        assert!(iris(&base, "/Dataset/COCO").contains(&base.node("dataset/coco")));
    }

    proptest::proptest! {
        #[test]
        fn any_path_is_read(path in "/[ -~]{0,40}") {
            for iri in iris(&Base::default(), &path) {
                proptest::prop_assert!(NamedNode::new(iri.as_str()).is_ok());
            }
        }
    }
}
