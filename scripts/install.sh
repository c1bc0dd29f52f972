#!/bin/sh
# Installs kg from a release's archives, after comparing the checksum. No release is published yet, so the address of the
# folder with the archives and SHA256SUMS must be given:
#   PAPERGRAPH_URL=https://… sh install.sh
# PAPERGRAPH_BIN is the folder that kg is put into (~/.local/bin), PAPERGRAPH_VERSION the version.
set -eu

fail() { echo "install: $1" >&2; exit 1; }

version=${PAPERGRAPH_VERSION:-0.1.0}
[ -n "${PAPERGRAPH_URL:-}" ] || fail "no release is published yet; set PAPERGRAPH_URL to the folder that has the archives"
bin=${PAPERGRAPH_BIN:-$HOME/.local/bin}

case $(uname -s):$(uname -m) in
  Linux:x86_64) target=x86_64-unknown-linux-gnu ;;
  Linux:aarch64) target=aarch64-unknown-linux-gnu ;;
  Darwin:arm64) target=aarch64-apple-darwin ;;
  *) fail "there is no archive for $(uname -s) on $(uname -m); build from source: cargo install --path ." ;;
esac

if command -v curl >/dev/null; then
  download() { curl --fail --silent --show-error --location --output "$2" "$1"; }
elif command -v wget >/dev/null; then
  download() { wget --quiet --output-document="$2" "$1"; }
else
  fail "neither curl nor wget is there; install one of them"
fi
if command -v sha256sum >/dev/null; then
  sha256() { sha256sum "$1" | cut -d' ' -f1; }
else
  sha256() { shasum -a 256 "$1" | cut -d' ' -f1; }
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=papergraph-$version-$target
download "$PAPERGRAPH_URL/$name.tar.gz" "$work/$name.tar.gz" || fail "$PAPERGRAPH_URL/$name.tar.gz cannot be downloaded"
download "$PAPERGRAPH_URL/SHA256SUMS" "$work/SHA256SUMS" || fail "$PAPERGRAPH_URL/SHA256SUMS cannot be downloaded"

expected=$(awk -v name="$name.tar.gz" '$2 == name || $2 == "*" name { print $1 }' "$work/SHA256SUMS")
[ -n "$expected" ] || fail "SHA256SUMS has no line for $name.tar.gz"
found=$(sha256 "$work/$name.tar.gz")
[ "$found" = "$expected" ] || fail "the checksum of $name.tar.gz is $found, and SHA256SUMS says $expected; nothing was installed"

tar -C "$work" -xzf "$work/$name.tar.gz"
"$work/$name/kg" --version >/dev/null || fail "kg does not run on this machine (Linux: it needs the GNU C library 2.35 or newer, and libstdc++)"
mkdir -p "$bin"
# By a rename, so that a kg that runs is not disturbed.
cp "$work/$name/kg" "$bin/.kg.new"
mv -f "$bin/.kg.new" "$bin/kg"
echo "$("$bin/kg" --version) is at $bin/kg"
case :$PATH: in *:"$bin":*) ;; *) echo "put $bin into PATH to call it as kg" ;; esac
