//! The DOI in a PDF's metadata: publishers write it into the document information or into XMP, an XML text that is
//! usually stored uncompressed.

use std::sync::LazyLock;

use regex::bytes::Regex;

/// Only a name that describes the value counts: other addresses in a file can belong to references.
static NAMED_DOI: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi-u)
        (?: /(?:wps-)?(?:article)?doi \s* \( \s*
          | <(?:[a-z]{1,12}:)?doi> \s*
          | (?:prism|pdfx|crossmark):doi \s* = \s* [\x22']
          | <dc:identifier> \s* )
        (?:doi:\s*|https?://(?:dx\.)?doi\.org/)?
        (10\.\d{4,9}/[\x21\x23-\x26\x2a-\x3b\x3d\x3f-\x7e]{1,200})",
    )
    .expect("a pattern of the program is sound")
});

/// The DOIs with this name in the metadata of a PDF.
pub(super) fn dois(file: &[u8]) -> Vec<String> {
    let found = NAMED_DOI.captures_iter(file).filter_map(|found| found.get(1));
    found.take(8).map(|doi| String::from_utf8_lossy(doi.as_bytes()).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doi_is_found_in_the_document_information_and_in_xmp() {
        for (file, doi) in [
            (&b"<< /Title (T) /doi (10.1234/5678.9) >>"[..], "10.1234/5678.9"),
            (b"<prism:doi>10.1234/s-1_2</prism:doi>", "10.1234/s-1_2"),
            (b"<pdfx:doi>10.1234/a.b</pdfx:doi>", "10.1234/a.b"),
            (b"<dc:identifier>doi:10.1234/abc</dc:identifier>", "10.1234/abc"),
            (b"<dc:identifier>https://doi.org/10.1234/abc</dc:identifier>", "10.1234/abc"),
        ] {
            assert_eq!(dois(file), [doi], "{}", String::from_utf8_lossy(file));
        }
        assert!(dois(b"(see https://doi.org/10.1234/of-another-work)").is_empty());
    }
}
