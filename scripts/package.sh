#!/usr/bin/env bash
# Makes the files of a release from a compiled kg.
#   scripts/package.sh archive KG FOLDER TARGET   papergraph-VERSION-TARGET.tar.gz (.zip for Windows)
#   scripts/package.sh deb KG FOLDER TARGET       papergraph_VERSION_ARCHITECTURE.deb
#   scripts/package.sh wheel KG FOLDER [PROFILE]  the Python module, compiled, and the program in one wheel
#   scripts/package.sh checksums FOLDER           SHA256SUMS of all files in FOLDER
#   scripts/package.sh formula FOLDER ADDRESS     papergraph.rb for Homebrew; ADDRESS is the folder that the archives are downloaded from
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The documents that every package has.
documents=(README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE)

sha256() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }

archive() {
  local kg=$1 folder=$2 target=$3
  local name=papergraph-$version-$target
  mkdir -p "$folder" "$work/$name/completions" "$work/$name/examples"
  cp "$kg" "$work/$name/"
  (cd "$root" && cp "${documents[@]}" "$work/$name/")
  cp "$root/examples/papers.jsonl" "$work/$name/examples/"
  "$kg" completions bash >"$work/$name/completions/kg.bash"
  "$kg" completions zsh >"$work/$name/completions/_kg"
  "$kg" completions fish >"$work/$name/completions/kg.fish"
  case $target in
    *windows*) (cd "$work" && 7z a -bso0 "$name.zip" "$name") && cp "$work/$name.zip" "$folder/" ;;
    *) tar -C "$work" -czf "$folder/$name.tar.gz" "$name" ;;
  esac
}

# maturin compiles the module only; files in this folder are installed as programs. Compiled with the profile of the program, so
# that nothing is compiled twice.
wheel() {
  local kg=$1 folder=$2 profile=${3:-release} data=$root/papergraph._core.data
  mkdir -p "$folder" "$data/scripts"
  cp "$kg" "$data/scripts/"
  (cd "$root" && "${MATURIN:-maturin}" build --quiet --profile "$profile" --locked --out "$(cd "$OLDPWD" && cd "$folder" && pwd)")
  rm -rf "$data"
}

deb() {
  local kg=$1 folder=$2 target=$3 architecture tree=$work/deb libc libstdcxx
  case $target in
    x86_64-*) architecture=amd64 ;;
    aarch64-*) architecture=arm64 ;;
    *) echo "package: no Debian architecture is known for $target" >&2; exit 1 ;;
  esac
  # The C library must be as new as the newest of its symbols in the program.
  libc=$(objdump -T "$kg" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -n 1)
  # The C++ library must be as new as that of this machine.
  libstdcxx=$(dpkg-query --show --showformat='${Version}' libstdc++6 | sed 's/[^0-9].*//')
  mkdir -p "$folder" "$tree/DEBIAN" "$tree/usr/share/zsh/vendor-completions"
  install -D -m 755 "$kg" "$tree/usr/bin/kg"
  install -D -m 644 "$root/examples/papers.jsonl" "$tree/usr/share/doc/papergraph/examples/papers.jsonl"
  (cd "$root" && install -m 644 README.md "$tree/usr/share/doc/papergraph/")
  gzip -9nc "$root/CHANGELOG.md" >"$tree/usr/share/doc/papergraph/changelog.gz"
  cat "$root/LICENSE-MIT" "$root/LICENSE-APACHE" >"$tree/usr/share/doc/papergraph/copyright"
  mkdir -p "$tree/usr/share/bash-completion/completions" "$tree/usr/share/fish/vendor_completions.d"
  "$kg" completions bash >"$tree/usr/share/bash-completion/completions/kg"
  "$kg" completions zsh >"$tree/usr/share/zsh/vendor-completions/_kg"
  "$kg" completions fish >"$tree/usr/share/fish/vendor_completions.d/kg.fish"
  cat >"$tree/DEBIAN/control" <<CONTROL
Package: papergraph
Version: $version
Architecture: $architecture
Maintainer: The papergraph authors <papergraph@example.org>
Section: science
Priority: optional
Installed-Size: $(du -sk "$tree" | cut -f1)
Depends: libc6 (>= $libc), libgcc-s1, libstdc++6 (>= $libstdcxx)
Recommends: ca-certificates
Suggests: graphviz
Description: knowledge graph of machine-learning papers
 kg reads papers, finds the datasets, models, methods, tasks, metrics, hardware
 and software that they name and the code that they publish, and keeps it all as
 a graph on this machine that answers questions.
CONTROL
  dpkg-deb --root-owner-group --build "$tree" "$folder/papergraph_${version}_$architecture.deb" >/dev/null
}

checksums() {
  (cd "$1" && rm -f SHA256SUMS && sha256 * >"$work/SHA256SUMS" && cp "$work/SHA256SUMS" .)
}

formula() {
  local folder=$1 address=$2 target
  {
    sed -e "s|@VERSION@|$version|g" -e "s|@ADDRESS@|$address|g" "$root/scripts/package/papergraph.rb"
  } >"$work/papergraph.rb"
  for target in aarch64-apple-darwin x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu; do
    local file=$folder/papergraph-$version-$target.tar.gz sum
    [ -e "$file" ] || { echo "package: $file is not there, and the formula names it" >&2; exit 1; }
    sum=$(sha256 "$file" | cut -d' ' -f1)
    sed -i.old "s|@SHA256 $target@|$sum|" "$work/papergraph.rb"
  done
  cp "$work/papergraph.rb" "$folder/"
}

command=${1:-}
shift || true
case $command:$# in
  archive:3 | deb:3 | wheel:2 | wheel:3 | checksums:1 | formula:2) "$command" "$@" ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
