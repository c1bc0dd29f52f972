//! Rendering with GraphViz, where it is installed.

use std::io::{self, Write};
use std::process::{Command, Stdio};

/// The image format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFormat {
    Svg,
    Png,
}

impl ImageFormat {
    fn flag(self) -> &'static str {
        match self {
            Self::Svg => "-Tsvg",
            Self::Png => "-Tpng",
        }
    }
}

/// Why rendering failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GraphvizError {
    #[error("GraphViz is not installed: there is no program `dot`")]
    Missing,
    #[error("GraphViz could not be run: {0}")]
    Io(io::Error),
    /// With the first line that GraphViz printed.
    #[error("GraphViz failed: {0}")]
    Failed(String),
}

impl GraphvizError {
    /// What the user can do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Missing => {
                "install it (apt install graphviz, brew install graphviz, https://graphviz.org/download), or write the \
                 text with `kg export dot` and draw it elsewhere"
            }
            Self::Io(_) | Self::Failed(_) => "try `kg export dot -o graph.dot` and run `dot -Tsvg graph.dot` yourself",
        }
    }
}

/// Renders a graph. The text names its own layout engine.
pub fn render(dot: &str, image: ImageFormat) -> Result<Vec<u8>, GraphvizError> {
    let spawned = Command::new("dot")
        .arg(image.flag())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(GraphvizError::Missing),
        Err(error) => return Err(GraphvizError::Io(error)),
    };
    // Writes while reading: otherwise a picture larger than a pipe's buffer would block for ever.
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(dot.as_bytes())));
        child.wait_with_output()
    })
    .map_err(GraphvizError::Io)?;
    if !output.status.success() || output.stdout.is_empty() {
        let message = String::from_utf8_lossy(&output.stderr);
        return Err(GraphvizError::Failed(message.lines().next().unwrap_or("no message").to_string()));
    }
    Ok(output.stdout)
}
