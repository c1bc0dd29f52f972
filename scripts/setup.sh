#!/usr/bin/env bash
# Installs what the build needs, on Debian and Ubuntu; elsewhere says what is missing.
#   scripts/setup.sh build      Rust is there; a C++20 compiler and libclang (RocksDB inside oxigraph is built with them)
#   scripts/setup.sh graphviz   `dot`, for pictures
#   scripts/setup.sh clients    what `make test-clients` runs besides: Python with venv, Node.js with npm, curl
#   scripts/setup.sh chromium   a browser, for the same
set -euo pipefail

have() { command -v "$1" >/dev/null 2>&1; }

has_libclang() {
  [ -n "${LIBCLANG_PATH:-}" ] && return 0
  ldconfig -p 2>/dev/null | grep -q 'libclang[-.]' && return 0
  compgen -G '/usr/lib/llvm-*/lib/libclang*.so*' >/dev/null && return 0
  compgen -G '/usr/lib/*/libclang*.so*' >/dev/null && return 0
  compgen -G '/usr/local/opt/llvm/lib/libclang*' >/dev/null || compgen -G '/opt/homebrew/opt/llvm/lib/libclang*' >/dev/null
}

has_cxx20() {
  local compiler=${CXX:-c++}
  have "$compiler" && echo 'int main(){}' | "$compiler" -std=c++20 -x c++ -fsyntax-only - 2>/dev/null
}

packages=() missing=()
want() { packages+=("$1"); missing+=("$2"); }

for part in "$@"; do
  case $part in
    build)
      if ! have cargo; then
        echo "setup: Rust is missing: install it with rustup (https://rustup.rs), then run this again" >&2
        exit 1
      fi
      has_cxx20 || want g++ "a C++20 compiler (g++ 11 or clang 14, or newer)"
      has_libclang || want libclang-dev "libclang (the development files of LLVM)"
      ;;
    graphviz) have dot || want graphviz "GraphViz (the program dot)" ;;
    clients)
      have python3 || want python3 "Python 3"
      python3 -c 'import venv, ensurepip' 2>/dev/null || want python3-venv "Python's venv"
      have npm || want npm "Node.js 18 or newer with npm"
      have curl || want curl "curl"
      ;;
    chromium) have chromium || want chromium "Chromium" ;;
    *) echo "setup: unknown part $part" >&2; exit 2 ;;
  esac
done

[ ${#packages[@]} -eq 0 ] && exit 0
if have apt-get; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  echo "setup: installing ${packages[*]}" >&2
  "${as_root[@]}" apt-get update -qq >&2 || true
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq "${packages[@]}" >&2
else
  echo "setup: this is missing, install it and run this again:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
fi
