#!/usr/bin/env bash
# Tests everything that the build uses, before cargo compiles anything. Missing packages are installed on Debian and
# Ubuntu; elsewhere the command that installs it is printed, and the exit code is 1.
#   scripts/setup.sh build      Rust, a C++20 compiler, libclang (RocksDB inside oxigraph needs both), room on the disk
#   scripts/setup.sh graphviz   `dot`, for pictures
#   scripts/setup.sh curl       curl, which the tests install an archive with
#   scripts/setup.sh python     Python with venv, for `make check-files` and `make packages`
#   scripts/setup.sh clients    what `make test-clients` runs: Python with venv, Node.js with npm, curl
#   scripts/setup.sh chromium   a browser, for the same
#   scripts/setup.sh fresh      mmdebstrap, which `make fresh` makes empty machines with
# Environment: CXX, CC, LIBCLANG_PATH, LLVM_CONFIG_PATH and CARGO_TARGET_DIR, as the build reads them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/setup/libclang.sh
. "$here/setup/libclang.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Estimates with room to spare: the target folder of `cargo build --release` has 1.9 GB; that of the tests, and the
# registry, were not measured.
readonly NEEDED_MB=5000 NEEDED_AGAIN_MB=1500
readonly RUST_MINOR=89

have() { command -v "$1" >/dev/null 2>&1; }
compiler() { echo "${CXX:-c++}"; }
first_line() { head -n 1 | cut -c1-200; }

# Missing things: a text for people, and the packages for each package manager.
missing=() apt=() dnf=() pacman=() apk=() brew=()
# miss DESCRIPTION APT DNF PACMAN APK BREW ("-" where nothing can be installed)
miss() {
  missing+=("$1")
  # shellcheck disable=SC2206  # a package manager may need two packages for one thing
  { [ "$2" = - ] || apt+=($2); [ "$3" = - ] || dnf+=($3); [ "$4" = - ] || pacman+=($4); [ "$5" = - ] || apk+=($5); [ "$6" = - ] || brew+=($6); }
}
# A problem without a package that solves it: report it and end.
stop() {
  printf 'setup: %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

try_rust() {
  have cargo && have rustc || stop "Rust is missing" "install it with rustup (https://rustup.rs), then run this again"
  local version
  version=$(rustc --version 2>"$work/rust.err") || stop "rustc does not run: $(first_line <"$work/rust.err")"
  local minor=${version#rustc 1.}
  minor=${minor%%.*}
  [ "$minor" -ge "$RUST_MINOR" ] 2>/dev/null || stop "$version is too old: Rust 1.$RUST_MINOR or newer is needed" "run: rustup update stable"
  [ "$(uname -s)" != Linux ] || [ -n "${SSL_CERT_FILE:-}${CARGO_HTTP_CAINFO:-}" ] || [ -e /etc/ssl/certs/ca-certificates.crt ] ||
    [ -e /etc/pki/tls/certs/ca-bundle.crt ] || [ -e /etc/ssl/cert.pem ] ||
    miss "certificates, for downloads over HTTPS" ca-certificates ca-certificates ca-certificates ca-certificates -
}

try_make() {
  have make || miss "make" make make make make -
}

# C is compiled with `cc`, by the crates zstd, ring and libmimalloc-sys.
try_c() {
  echo 'int main(void) { return 0; }' >"$work/c.c"
  "${CC:-cc}" "$work/c.c" -o "$work/c" 2>"$work/c.err" && "$work/c" ||
    miss "a C compiler: \`${CC:-cc}\` does not compile, link and run a program" "gcc libc6-dev" gcc gcc "gcc musl-dev" gcc
}

try_cxx20() {
  if have "$(compiler)" && "$(compiler)" -std=c++20 "$here/setup/cxx20.cpp" -o "$work/cxx20" 2>"$work/cxx.err" && "$work/cxx20"; then
    return
  fi
  miss "a C++20 compiler (g++ 11 or clang++ 14, or newer)" g++ gcc-c++ gcc g++ llvm
}

# Why the installed compiler cannot do it, and another one that can.
explain_cxx20() {
  have "$(compiler)" || stop "no C++ compiler: \`$(compiler)\` is not a command" "install g++ 11 or clang++ 14, or newer"
  local other found
  found=$(compgen -c 2>/dev/null | grep -E '^(g\+\+|clang\+\+)(-[0-9]+)?$' | sort -uVr) || true
  for other in $found; do
    [ "$other" != "$(compiler)" ] || continue
    if "$other" -std=c++20 "$here/setup/cxx20.cpp" -o "$work/other" 2>/dev/null && "$work/other"; then
      stop "\`$(compiler)\` does not compile C++20, but \`$other\` does" "run: CXX=$other ${MAKE_COMMAND:-make}"
    fi
  done
  stop "\`$(compiler)\` ($("$(compiler)" --version 2>/dev/null | first_line)) does not compile C++20: $(grep -m1 -i error "$work/cxx.err" || first_line <"$work/cxx.err")" \
    "install g++ 11 or clang++ 14, or newer, and name it: CXX=g++-12 make"
}

# Loads the library that bindgen would load, and has it parse a header as bindgen does.
loads_libclang() {
  local file=
  file=$(find_libclang) || true
  if [ -z "$file" ]; then
    echo "no libclang is found" >"$work/libclang.err"
    return 1
  fi
  local arguments=()
  # bindgen asks an installed clang where its headers are.
  if have clang; then arguments=("-isystem$(clang -print-resource-dir 2>/dev/null)/include"); fi
  "$work/libclang" "$file" "$here/setup/header.h" ${arguments[@]+"${arguments[@]}"} 2>"$work/parse.err" && return
  echo "$file is found, but cannot be used: $(first_line <"$work/parse.err")" >"$work/libclang.err"
  return 1
}

try_libclang() {
  local ldl=
  [ "$(uname -s)" != Linux ] || ldl=-ldl
  # shellcheck disable=SC2086
  "${CC:-cc}" "$here/setup/libclang.c" -o "$work/libclang" $ldl 2>"$work/libclang.err" || { # it is tried after the compiler is there
    [ -n "${tried_again:-}" ] || miss "libclang (the development files of LLVM)" libclang-dev clang-devel clang clang-dev llvm
    return
  }
  loads_libclang && return
  if [ -n "${LIBCLANG_PATH:-}" ]; then
    stop "LIBCLANG_PATH is $LIBCLANG_PATH, where $(cat "$work/libclang.err")" \
      "unset LIBCLANG_PATH, or set it to the folder that has libclang.so"
  fi
  miss "libclang (the development files of LLVM): $(cat "$work/libclang.err")" libclang-dev clang-devel clang clang-dev llvm
}

# Free space where the target folder and the registry are, or will be.
try_room() {
  local target=${CARGO_TARGET_DIR:-target} registry=${CARGO_HOME:-$HOME/.cargo} needed=$NEEDED_MB folder free
  compgen -G "$target/release/build/oxrocksdb-sys-*" >/dev/null && needed=$NEEDED_AGAIN_MB
  for folder in "$target" "$registry"; do
    while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
    [ -w "$folder" ] || stop "$folder cannot be written, and the build must write there" "set CARGO_TARGET_DIR (or CARGO_HOME) to a folder of yours"
    free=$(df -Pk "$folder" | awk 'NR == 2 { print int($4 / 1024) }')
    [ "$free" -ge "$needed" ] || stop "the build needs $needed MB at $folder, and $free MB are free" \
      "make room, or set CARGO_TARGET_DIR (target folder) or CARGO_HOME (registry) to a folder on another disk"
    needed=800
  done
}

try_graphviz() {
  local format
  for format in svg png; do
    if ! echo 'graph { a -- b }' | dot "-T$format" >"$work/picture" 2>"$work/dot.err" || [ ! -s "$work/picture" ]; then
      miss "GraphViz (the program dot, able to draw $format)" graphviz graphviz graphviz "graphviz font-dejavu" graphviz
      return
    fi
  done
}

try_python() {
  if ! python3 -c '' 2>/dev/null; then
    miss "Python 3 with venv" "python3 python3-venv" python3 python python3 python
  elif ! python3 -m venv "$work/venv" >/dev/null 2>&1 || ! "$work/venv/bin/python" -m pip --version >/dev/null 2>&1; then
    miss "Python's venv with pip" python3-venv python3 python python3 python
  fi
}

try_clients() {
  try_python
  local node
  node=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) || node=0
  { [ "$node" -ge 18 ] && npm --version >/dev/null 2>&1; } || miss "Node.js 18 or newer with npm" "nodejs npm" nodejs-npm "nodejs npm" "nodejs npm" node
  try_curl
}

try_curl() {
  curl --version >/dev/null 2>&1 || miss "curl" curl curl curl curl curl
}

try_chromium() {
  local browser=${CHROMIUM:-chromium} root=()
  [ "$(id -u)" -ne 0 ] || root=(--no-sandbox)
  have "$browser" && timeout 60 "$browser" --headless ${root[@]+"${root[@]}"} --disable-gpu --user-data-dir="$work/chromium" \
    --dump-dom 'data:text/html,<p>drawn</p>' 2>"$work/chromium.err" | grep -q drawn ||
    miss "Chromium, able to show a page" chromium chromium chromium chromium chromium
}

try_fresh() {
  mmdebstrap --version >/dev/null 2>&1 || miss "mmdebstrap" mmdebstrap mmdebstrap - - -
}

try_all() {
  missing=() apt=() dnf=() pacman=() apk=() brew=()
  local part
  for part in "$@"; do
    case $part in
      build) try_room; try_rust; try_make; try_c; try_cxx20; try_libclang ;;
      graphviz) try_graphviz ;;
      curl) try_curl ;;
      python) try_python ;;
      clients) try_clients ;;
      chromium) try_chromium ;;
      fresh) try_fresh ;;
      *) echo "setup: unknown part $part (build, graphviz, curl, python, clients, chromium, fresh)" >&2; exit 2 ;;
    esac
  done
}

# The command with which this machine's package manager installs the missing packages.
command_to_install() {
  local as_root=
  [ "$(id -u)" -eq 0 ] || as_root="sudo "
  if have apt-get && [ ${#apt[@]} -gt 0 ]; then
    echo "${as_root}apt-get update && ${as_root}apt-get install -y --no-install-recommends ${apt[*]}"
  elif have dnf && [ ${#dnf[@]} -gt 0 ]; then
    echo "${as_root}dnf install ${dnf[*]}"
  elif have pacman && [ ${#pacman[@]} -gt 0 ]; then
    echo "${as_root}pacman -S --needed ${pacman[*]}"
  elif have apk && [ ${#apk[@]} -gt 0 ]; then
    echo "${as_root}apk add ${apk[*]}"
  elif have brew && [ ${#brew[@]} -gt 0 ]; then
    echo "brew install ${brew[*]}"
  fi
}

name_missing() {
  local install
  install=$(command_to_install)
  echo "setup: this is missing:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  if [ -n "$install" ]; then
    printf 'install it and run this again:\n  %s\n' "$install" >&2
  else
    echo "install it with your system's package manager and run this again" >&2
  fi
  exit 1
}

try_all "$@"
[ ${#missing[@]} -gt 0 ] || exit 0
have apt-get && [ ${#apt[@]} -gt 0 ] || name_missing
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  have sudo || name_missing
  # Without a terminal nobody can type a password.
  [ -t 0 ] || sudo -n true 2>/dev/null || name_missing
  as_root=(sudo)
fi
echo "setup: installing ${apt[*]}" >&2

${as_root[@]+"${as_root[@]}"} apt-get update -qq >&2 || echo "setup: the list of packages could not be updated" >&2
${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${apt[@]}" >&2 || name_missing

# The installed packages are tested, too: a distribution's newest compiler can be too old.
tried_again=yes
try_all "$@"
[ ${#missing[@]} -gt 0 ] || exit 0
for what in "${missing[@]}"; do
  case $what in "a C++20 compiler"*) explain_cxx20 ;; esac
done
name_missing
